"""The named people of the tests, and builders that read like sentences.

`buy(ada, forest, downloaded=[oak], days_ago=12)` goes through the very services that the doors call: a test's world
obeys the same laws as the store.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from accounts.models import Publisher, PublisherEmail, Role, User
from accounts.people import give_role, join
from credits import ledger
from credits.books import open_books
from credits.ledger import Wallet
from credits.models import Lot, Payment
from outbox import acts
from outbox.models import Message
from storefront import services as storefront
from storefront.models import Asset, AssetFile, Bundle, BundlePart, Download, Purchase

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"


def days_before(days: float, *, now: datetime = NOW) -> datetime:
    return now - timedelta(days=days)


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.LazyAttribute(lambda o: f"{o.name.lower().replace(' ', '.')}@example.com")


class PublisherFactory(DjangoModelFactory[Publisher]):
    class Meta:
        model = Publisher

    slug = factory.Sequence(lambda n: f"publisher-{n}")
    name = factory.LazyAttribute(lambda o: o.slug.replace("-", " ").title())


class AssetFactory(DjangoModelFactory[Asset]):
    class Meta:
        model = Asset

    slug = factory.Sequence(lambda n: f"asset-{n}")
    title = factory.LazyAttribute(lambda o: o.slug.replace("-", " ").capitalize())
    publisher = factory.SubFactory(PublisherFactory)
    price = 20
    created_at = factory.LazyFunction(lambda: days_before(1000))


def person(name: str, *, email: str = "", **fields: object) -> User:
    return UserFactory(name=name, email=email or f"{name.lower()}@example.com", **fields)


def agent(name: str, *, lead: bool = False) -> User:
    user = person(name, email=f"{name.lower()}@store.example")
    give_role(user=user, role="lead" if lead else "agent")
    return user


def publisher(slug: str, name: str, *, email: str = "") -> Publisher:
    made = PublisherFactory(slug=slug, name=name)
    PublisherEmail.objects.create(
        publisher=made,
        address=email or f"hello@{slug}.example",
        added_at=days_before(900),
        confirmed_at=days_before(900),
    )
    return made


def member(name: str, of: Publisher, *, role: str = Role.OWNER) -> User:
    user = person(name, email=f"{name.lower()}@{of.slug}.example")
    join(user=user, publisher=of, role=role, now=days_before(900))
    return user


def asset(slug: str, title: str, *, by: Publisher, price: int, requires: Sequence[Asset] = ()) -> Asset:
    made = AssetFactory(slug=slug, title=title, publisher=by, price=price)
    made.requires.set(requires)
    AssetFile.objects.create(
        asset=made, name=f"{slug}.zip", version="1.0", size_bytes=64, added_at=days_before(900)
    )
    return made


def bundle(slug: str, title: str, *, by: Publisher, price: int, holds: Sequence[Asset | Bundle]) -> Bundle:
    made = Bundle.objects.create(
        slug=slug, title=title, publisher=by, price=price, created_at=days_before(900)
    )
    for position, part in enumerate(holds):
        kind = {"asset": part} if isinstance(part, Asset) else {"inner": part}
        BundlePart.objects.create(bundle=made, position=position, **kind)
    return made


def give(
    customer: User,
    amount: int,
    *,
    kind: str = "paid",
    days_ago: float = 400,
    expires_in: float | None = None,
    now: datetime = NOW,
) -> Lot:
    """`expires_in` counts days from now, so that a lot can be given that has long expired."""
    expires_at = None if expires_in is None else now + timedelta(days=expires_in)
    at = days_before(days_ago, now=now)
    with wallet_of(customer, now=at) as wallet:
        lot = ledger.grant(wallet, credits=amount, kind=kind, source="top-up", expires_at=expires_at, at=at)
    return Lot.objects.get(pk=lot.id)


def pay(customer: User, amount: int, *, purpose: str = "Oak trees", at: datetime = NOW) -> Payment:
    """Credits that leave, for no purchase."""
    with wallet_of(customer, now=at) as wallet:
        payment = ledger.pay(wallet, credits=amount, purpose=purpose, at=at)
    return Payment.objects.get(pk=payment.id)


@contextmanager
def wallet_of(customer: User, *, now: datetime = NOW) -> Iterator[Wallet]:
    """The wallet, open and locked; what becomes of it in the block is written at its end."""
    with transaction.atomic(), open_books([customer.pk], now=now) as books:
        yield books.wallet(customer.pk)


def write_letters() -> None:
    """As the worker does it: every act that waits becomes its letters."""
    for act in Message.objects.filter(template__in=acts.written_by, sent_at=None).order_by("queued_at"):
        assert acts.write_letters(act)


def buy(
    customer: User,
    thing: Asset | Bundle,
    *,
    days_ago: float = 0,
    downloaded: Sequence[Asset] = (),
    again: bool = False,
    with_credits: bool = True,
    now: datetime = NOW,
) -> Purchase:
    """Tops the wallet up with just what it costs (unless told not to), buys, and downloads at once what is named."""
    at = days_before(days_ago, now=now)
    if with_credits and thing.price:
        give(customer, thing.price, days_ago=days_ago, now=now)
    kind = {"asset": thing} if isinstance(thing, Asset) else {"bundle": thing}
    with transaction.atomic():
        purchase = storefront.buy(
            customer=customer, **kind, expected_credits=thing.price, allow_duplicate=again, now=at
        )
    for one in downloaded:
        fetch(customer, one, at=at)
    return Purchase.objects.get(pk=purchase.pk)


def fetch(customer: User, what: Asset, *, at: datetime = NOW, because_of: Asset | None = None) -> Download:
    """One download; `because_of` names the asset that required it."""
    with transaction.atomic():
        return storefront.record_download(customer=customer, asset=what, via=because_of, now=at)


def balance(customer: User) -> int:
    customer.wallet.refresh_from_db()
    return customer.wallet.balance
