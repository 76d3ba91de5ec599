"""The store opens: its people, what it sells and for how much, its codes, and the policy's numbers over the years."""

from datetime import UTC, datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import Membership, Publisher, PublisherEmail, User
from accounts.people import change_role, give_role, join, register_person
from credits.models import Code
from refunds.terms import publish_terms
from storefront.models import Asset, AssetFile, Bundle, BundlePart
from tests.data.store_before.acts import World
from tests.data.store_before.story import DAYS, Scene, before

# Slug, publisher, title, price, what it requires.
ASSETS = (
    ("bark", "grove", "Bark", 15, ()),
    ("oak", "grove", "Oak trees", 40, ("bark",)),
    ("old-oak", "grove", "The old oak, “Großvater”", 55, ("oak",)),
    ("fern", "grove", "Ferns & <em>fronds</em>", 30, ()),
    ("moss", "grove", "Moss", 20, ()),
    ("meadow", "grove", "Meadow 草原", 25, ()),
    ("gift", "grove", "A gift — подарок", 0, ()),
    ("seeds", "grove", "Seeds\u00a0\\ \"free\" 'for' all", 0, ()),
    ("slate", "quarry", "Slate", 25, ()),
    ("gravel", "quarry", "Gravel", 10, ()),
    ("basalt", "quarry", "Basalt columns", 60, ()),
    ("cliff-face", "quarry", "Cliff face", 80, ("slate", "gravel")),
    ("marble", "quarry", "Marble hall " + "of many rooms " * 12, 1500, ()),
    ("pebble", "quarry", "Pebble", 1, ()),
    ("palette", "kun", "Палітра «Світанок»", 35, ()),
    ("brush", "kun", "Štětec č. 9", 12, ()),
    ("font", "kun", "書体「雨」 e\u0301 é", 45, ()),
    ("sound", "kun", "صوت المطر", 18, ("font",)),
    ("ghost", "kun", "Ghost 👻👩\u200d🌾", 22, ()),
)
# Slug, publisher, title, price, what it holds.
BUNDLES = (
    ("forest", "grove", "Forest", 80, ("oak", "fern", "moss", "bark")),
    ("cliff", "quarry", "Cliff", 36, ("slate", "moss")),
    ("valley", "grove", "The whole valley", 110, ("forest", "cliff", "meadow", "gift")),
    ("grand", "kun", "Všechno 🎁", 200, ("palette", "valley", "brush", "font", "sound")),
    ("columns", "quarry", "Cheaper than its columns", 20, ("basalt", "pebble")),
    ("freebies", "grove", "Freebies", 0, ("gift", "seeds")),
    ("giveaway", "grove", "Giveaway", 0, ("moss", "pebble")),
    ("starter", "kun", "Starter", 15, ("gift", "bark", "brush")),
    ("monument", "quarry", "Monument", 1400, ("marble", "basalt")),
)
STAFF = {"sam": "Sam Ortega", "mia": "Mia Łuczak", "lea": "Léa Brûlé", "leo": "Leo Ó Briain"}
MEMBERS = {
    "gil": ("grove", "Gil Hart", Membership.OWNER),
    "nell": ("grove", "Nell", Membership.MEMBER),
    "quinn": ("quarry", "Quinn", Membership.OWNER),
    "tove": ("quarry", "Tove Åström", Membership.MEMBER),
    "petr": ("kun", "Petr Dvořák", Membership.OWNER),
}
PUBLISHERS = {"grove": "Grove Studio", "quarry": "Quarry Works", "kun": "Žlutý kůň 🐎"}
# Code, credits, kind, and its limits.
CODES = (
    ("WELCOME50", 50, "promo", {"uses": 1000}),
    ("SPRING-ŽÁBA", 25, "promo", {"uses": 6, "lot_days": 20}),
    ("THANKS", 10, "compensation", {"per_user": None}),
    ("PREPAID-100", 100, "paid", {"uses": 1}),
    ("PAST", 30, "promo", {"expires_at": before(300)}),
)
# Version, in force from, days, percent, published so many days ago.
TERMS = (
    ("2025-08", datetime(2025, 8, 15, tzinfo=UTC), 30, 50, 499),
    ("2026-03", datetime(2026, 3, 1, tzinfo=UTC), 14, 40, 300),
    ("2026-09", datetime(2026, 9, 1, tzinfo=UTC), 45, 60, 90),
    ("2027-01", datetime(2027, 1, 10, tzinfo=UTC), 20, 50, 80),
)


def person(w: World, short: str, name: str, address: str = "", **more: object) -> User:
    """Known from now on by a short name in the story."""
    with transaction.atomic():
        made, _ = register_person(
            email=address or f"{short}@example.com", name=name, now=w.now, **{"confirmed": True, **more}
        )
    w.people[short] = made
    return made


def open_shop(w: World) -> Scene:
    yield DAYS
    for short, name in STAFF.items():
        made = person(w, short, name, f"{short}@store.example")
        give_role(user=made, role="lead" if short in {"lea", "leo"} else "agent")
    for slug, name in PUBLISHERS.items():
        publisher = Publisher.objects.create(slug=slug, name=name, created_at=w.now)
        w.publishers[slug] = publisher
        PublisherEmail.objects.create(
            publisher=publisher, address=f"hello@{slug}.example", added_at=w.now, confirmed_at=w.now
        )
    for short, (slug, name, role) in MEMBERS.items():
        made = person(w, short, name, f"{short}@{slug}.example", time_zone="Europe/Prague")
        join(user=made, publisher=w.publishers[slug], role=role, now=w.now)
    _fill_the_shelves(w)
    for code, credits, kind, limits in CODES:
        Code.objects.create(code=code, credits=credits, kind=kind, created_at=w.now, **limits)
    w.story.tell(*(_new_terms(w, *numbers) for numbers in TERMS), _prices_move(w), _people_change(w))


def _fill_the_shelves(w: World) -> None:
    for slug, publisher, title, price, requires in ASSETS:
        asset = Asset.objects.create(
            slug=slug,
            publisher=w.publishers[publisher],
            title=title,
            price=price,
            created_at=w.now,
            category="models" if price > 20 else "",
            description="Zwölf Boxkämpfer\njagen Viktor 🦊 quer über den Sylter Deich." if price > 30 else "",
        )
        asset.requires.set([w.assets[each] for each in requires])
        w.assets[slug] = asset
        new_file(w, slug, "1.0", size=1000 * price)
    for slug, publisher, title, price, holds in BUNDLES:
        bundle = Bundle.objects.create(
            slug=slug, publisher=w.publishers[publisher], title=title, price=price, created_at=w.now
        )
        w.bundles[slug] = bundle
        hold(w, slug, holds)


def new_file(w: World, slug: str, version: str, *, quality: str = "", size: int = 0) -> AssetFile:
    return AssetFile.objects.create(
        asset=w.assets[slug],
        name=f"{slug}.zip",
        version=version,
        quality=quality,
        size_bytes=size,
        added_at=w.now,
    )


def hold(w: World, slug: str, holds: tuple[str, ...]) -> None:
    """What the bundle holds from now on; what was bought of it stays."""
    bundle = w.bundles[slug]
    bundle.parts.all().delete()
    for position, each in enumerate(holds):
        part = {"inner": w.bundles[each]} if each in w.bundles else {"asset": w.assets[each]}
        BundlePart.objects.create(bundle=bundle, position=position, **part)


def _new_terms(w: World, version: str, since: datetime, days: int, percent: int, ago: float) -> Scene:
    yield ago
    publish_terms(
        by=w.people["lea"],
        version=version,
        in_force_from=since,
        window_days=days,
        bundle_percent=percent,
        why="Čas na změnu.",
        now=w.now,
    )


def _prices_move(w: World) -> Scene:
    yield 380
    _change(w, "fern", price=36)
    yield 371
    _change(w, "fern", price=30)
    yield 260
    _change(w, "meadow", title="Meadow 草原, in bloom", price=28)
    new_file(w, "oak", "1.1", size=41_000)
    new_file(w, "oak", "1.1", quality="8k", size=410_000)
    yield 200
    hold(w, "forest", ("oak", "fern", "moss", "bark", "old-oak"))
    w.bundles["forest"].price = 95
    w.bundles["forest"].save()
    yield 150
    _change(w, "slate", publisher=w.publishers["grove"])
    yield 55
    _change(w, "ghost", withdrawn_at=w.now)


def _change(w: World, slug: str, **told: object) -> None:
    """As the desk's page for an asset does it."""
    asset = w.assets[slug]
    for name, value in told.items():
        setattr(asset, name, value)
    asset.save()


def _people_change(w: World) -> Scene:
    yield 420
    person(w, "uwe", "Uwe", confirmed=False)
    yield 230
    change_role(user=w.people["uwe"], role="agent", by=w.people["lea"], why="Helps out in spring", now=w.now)
    yield 140
    change_role(user=w.people["uwe"], role="", by=w.people["leo"], why="Děkujeme!", now=w.now)
    yield 120
    gone = person(w, "gone", "")
    EmailAddress.objects.filter(user=gone).update(verified=False)
    w.top_up(gone, 25)
    w.buy(gone, w.assets["moss"])
    yield 90
    User.objects.filter(pk=gone.pk).update(is_active=False)
