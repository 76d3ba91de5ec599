"""Customers nobody planned: each tops up, buys, downloads and asks back as chance has it."""

from random import Random

from accounts.models import User
from outbox import jobs
from storefront.models import Purchase, PurchaseItem
from storefront.refusals import AlreadyOwned, NotForSale
from tests.data.store_before.acts import Thing, World, fresh
from tests.data.store_before.opening import person
from tests.data.store_before.story import NOW, Scene

NAMES = (
    "Žofie Dvořáková",
    "李小龙",
    "أحمد الخطيب",
    "Ólafur Þórsson",
    "Nguyễn Thị Bích",
    "Σοφία Παπαδοπούλου",
    "Дмитро Коваль",
    "רוני כהן",
    "さくら 🌸",
    "Zoe\u0308 (decomposed)",
    'O\'Brien "Bob" <bob>',
    "José-María de la Ñ",
    "김민준",
    "Ada",
    "B. B.",
    "Chiara",
    "Dov",
    "Edie",
    "Finn",
    "Gwen",
    "Hugo",
    "Jonas",
    "Kira",
    "Lior",
    "Maja",
    "Nils",
    "Oda",
    "Pia",
    "Quy",
    "Rosa",
    "Łukasz Źdźbło",
    "Ömer Faruk Çelik",
    "ไพลิน",
    "मीरा शर्मा",
    "Sinéad",
    "Tamás",
    "Ugo",
    "Vera",
    "Wim",
    "Xenia",
)
SIZES = (20, 50, 100, 200)
CHEAP = (
    *("bark", "oak", "old-oak", "fern", "moss", "meadow", "gift", "slate", "gravel", "basalt", "cliff-face"),
    *("palette", "brush", "font", "sound", "pebble", "seeds"),
)
SETS = ("forest", "cliff", "valley", "grand", "columns", "freebies", "giveaway", "starter")


def lives(w: World) -> list[Scene]:
    return [_life(w, place, name, Random(w.chance.random())) for place, name in enumerate(NAMES)]


def _life(w: World, place: int, name: str, chance: Random) -> Scene:
    at = chance.uniform(60, 470)
    yield at
    who = person(w, f"c{place}", name, f"customer.{place:02d}@example.com")
    if chance.random() < 0.4:
        w.redeem(who, "welcome 50")
    for _ in range(chance.randint(5, 12)):
        at -= chance.expovariate(1 / 22) + 0.01
        if at < 0.2:
            return
        yield at
        if chance.random() < 0.35:
            _credits_arrive(w, who, chance)
        thing = _something(w, chance)
        owned = PurchaseItem.objects.live().filter(customer=who, **_by(thing)).exists()
        try:
            bought = w.buy(
                who,
                thing,
                fill=chance.random() < 0.8 or w.balance(who) < thing.price,
                again=owned and chance.random() < 0.5,
                api=chance.random() < 0.15 and not owned,
            )
        except (AlreadyOwned, NotForSale):
            continue
        w.story.tell(_afterwards(w, bought, at, chance))


def _by(thing: Thing) -> dict[str, Thing]:
    return {"purchase__bundle": thing} if thing.kind == "bundle" else {"asset": thing}


def _something(w: World, chance: Random) -> Thing:
    thing = w.bundles[chance.choice(SETS)] if chance.random() < 0.4 else w.assets[chance.choice(CHEAP)]
    thing.refresh_from_db()
    return thing


def _credits_arrive(w: World, who: User, chance: Random) -> None:
    how = chance.random()
    if how < 0.5:
        w.top_up(who, chance.choice(SIZES), kind="paid", lives=chance.choice((None, None, 365.0)))
    elif how < 0.75:
        w.top_up(who, chance.choice(SIZES) // 4, kind="promo", lives=chance.uniform(5, 90), memo="Podzim 🍂")
    elif how < 0.9:
        w.gift(who, 5, kind="compensation", why="Slow downloads on Friday", by=chance.choice(("lea", "leo")))
    else:
        w.redeem(who, chance.choice(("Spring žába", "thanks", "past", "nonsense")))


def _afterwards(w: World, bought: Purchase, at: float, chance: Random) -> Scene:
    """Downloads of some items, and then perhaps the question for the credits, once or twice."""
    for _ in range(chance.choice((0, 0, 1, 1, 2, 3))):
        at -= chance.expovariate(1 / 3)
        if at < 0.1:
            return
        yield at
        items = list(PurchaseItem.objects.live().filter(purchase=bought).select_related("asset"))
        if items and fresh(bought).completed_at <= w.now:
            asset = chance.choice(items).asset
            w.fetch(bought.customer, asset, along=chance.random() < 0.6, api=chance.random() < 0.2)
    for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
        at -= chance.expovariate(1 / 10)
        if at < 0.1:
            return
        yield at
        door = chance.choice(("page", "page", "page", "api", "store"))
        w.ask_back(fresh(bought), door=door)


def every_day(w: World) -> Scene:
    """The jobs that the worker runs by the clock: expiry, warnings, reminders, silences."""
    for day in range(499, -1, -1):
        yield day
        jobs.run_due(clock=w.story.clock)
    assert w.now == NOW
