"""What another shop reports line by line, and a shop that moved in with a file halfway through."""

from datetime import timedelta
from pathlib import Path

from accounts.models import User
from doors.storefile.loading import Options, load
from refunds.models import Denial
from storefront.models import Download, Purchase
from tests.data.store_before.acts import World, fresh
from tests.data.store_before.opening import person
from tests.data.store_before.story import NOW, Scene


def scenes(w: World) -> list[Scene]:
    return [
        _every_status(w),
        _items_as_they_were_said(w),
        _numbers_of_other_series(w),
        _holes_in_our_own_series(w),
        _dated_ahead(w),
        _still_ahead(w),
        _without_a_log(w),
        _moved_in(w),
    ]


def sold(w: World, who: str, *, expect: int = 201, **line: object) -> Purchase:
    """`at` is now unless the line says otherwise."""
    told = {"user": w.people[who].email, "at": w.now, **line}
    return Purchase.objects.get(number=w.shop_says("purchases", expect=expect, **told)["invoice"])


def _every_status(w: World) -> Scene:
    yield 445
    who = person(w, "stav", "Stav nákupu")
    w.top_up(who, 300)
    cancelled = sold(w, "stav", asset="gravel", credits=0, status="cancelled")
    taken = sold(w, "stav", bundle="starter", credits=15, status="charged_back")
    yield 444
    for purchase in (cancelled, taken):
        w.ask_back(purchase)
    yield 160
    sold(w, "stav", bundle="valley", credits=0, status="cancelled")
    sold(w, "stav", asset="basalt", credits=60, status="charged_back")
    yield 12
    pending = sold(w, "stav", asset="font", credits=45, status="pending")
    sold(w, "stav", bundle="cliff", credits=36, status="pending")
    sold(w, "stav", asset="gift", credits=0, status="pending")
    yield 11
    assert isinstance(w.ask_back(pending), Denial)


def _items_as_they_were_said(w: World) -> Scene:
    """Other prices, titles, publishers and shares than the catalogue's; downloads that the other shop handed out."""
    yield 300
    person(w, "jinde", "Jinde 他店")
    w.top_up(w.people["jinde"], 500)
    items = [
        {"asset": "oak", "original_price": 70, "title": "Oaks, as sold there", "share": 33},
        {"asset": "slate", "original_price": 5, "publisher": "quarry", "share": 0},
        {"asset": "palette", "original_price": 0, "share": 7},
    ]
    yield 299
    told = w.shop_says(
        "purchases",
        user="jinde@example.com",
        at=w.now - timedelta(hours=5),
        bundle="valley",
        credits=40,
        items=items,
    )
    yield 298
    ref, number = told["ref"], told["invoice"]
    w.shop_says("downloads", purchase=ref, asset="slate", at=w.now)
    w.shop_says("downloads", purchase=ref, asset="palette", at=w.now, cause="dependency", via="slate")
    yield 290
    w.ask_back(Purchase.objects.get(number=number), door="store")
    # The same thing twice without saying so: a duplicate charge that nobody has asked about yet.
    yield 9
    for _ in range(2):
        sold(w, "jinde", asset="brush", credits=12)
        sold(w, "jinde", bundle="cliff", credits=30)


def _numbers_of_other_series(w: World) -> Scene:
    yield 270
    person(w, "serie", "Série")
    w.top_up(w.people["serie"], 200)
    for number in ("IN990000000007", "IN770000000001", "IN990000000003", "IN009999999999"):
        sold(w, "serie", asset="brush", credits=12, invoice=number, allow_duplicate=True)
    yield 264
    w.ask_back(Purchase.objects.get(number="IN770000000001"))


def _holes_in_our_own_series(w: World) -> Scene:
    """A number ahead leaves a hole that the series knows of; a later one fills one of its numbers."""
    yield 225
    person(w, "loch", "Loch")
    first = sold(w, "loch", asset="gift", credits=0, allow_duplicate=True)
    last = int(first.number[4:])
    sold(w, "loch", asset="gift", credits=0, allow_duplicate=True, invoice=f"IN01{last + 6:010d}")
    yield 224
    sold(w, "loch", asset="gift", credits=0, allow_duplicate=True, invoice=f"IN01{last + 3:010d}")
    sold(w, "loch", asset="gift", credits=0, allow_duplicate=True)


def _dated_ahead(w: World) -> Scene:
    """A clock that is fast by days. Until its time the policy says not completed; its promotion is not spent on it."""
    yield 130
    who = person(w, "ahead", "Napřed")
    w.top_up(who, 50, kind="promo", lives=4)
    w.top_up(who, 40)
    bought = sold(w, "ahead", asset="oak", credits=40, at=w.now + timedelta(days=6, microseconds=7))
    yield 129
    assert isinstance(w.ask_back(bought), Denial)
    w.buy(who, w.assets["fern"])
    yield 123
    w.fetch(who, w.assets["oak"])
    yield 120
    w.ask_back(fresh(bought))


def _still_ahead(w: World) -> Scene:
    """Their time has not come when the store is dumped; the one of January is bound to terms of January."""
    yield 20
    who = person(w, "zukunft", "Zukunft")
    w.top_up(who, 30, kind="promo", lives=25)
    w.top_up(who, 200)
    at = NOW + timedelta(days=3)
    told = w.shop_says("purchases", user=who.email, bundle="cliff", credits=36, at=at)
    sold(w, "zukunft", asset="basalt", credits=60, at=NOW + timedelta(days=60))
    w.shop_says("downloads", purchase=told["ref"], asset="slate", at=at + timedelta(hours=1))
    w.shop_says(
        "grants",
        user=who.email,
        credits=5,
        kind="compensation",
        at=NOW + timedelta(days=1),
        expires_at=NOW + timedelta(days=9),
    )
    yield 10
    assert isinstance(w.ask_back(Purchase.objects.get(number=told["invoice"])), Denial)


def _without_a_log(w: World) -> Scene:
    yield 110
    who = person(w, "log", "Bez záznamu")
    w.top_up(who, 100)
    bought = sold(w, "log", asset="old-oak", credits=55, download_log=False, at=w.now - timedelta(days=2))
    yield 105
    assert isinstance(w.ask_back(bought), Denial)
    # What this store hands out itself is known.
    w.fetch(who, w.assets["old-oak"])
    yield 104
    w.ask_back(fresh(bought))
    yield 90
    late = sold(w, "log", bundle="cliff", credits=36, download_log=False)
    yield 70
    w.ask_back(late)
    assert Download.objects.filter(purchase=late).count() == 0


def _moved_in(w: World) -> Scene:
    """Its customers had bought and asked for years; their wallets are written as the file tells them."""
    yield 195
    with Path(__file__).with_name("moved.jsonl").open("rb") as file:
        load(file, options=Options(now=w.now))
    for short in ("mei", "raúl"):
        w.people[short] = User.objects.get(email=f"{short.replace('ú', 'u')}@moved.example")
    yield 193
    w.buy(w.people["mei"], w.assets["moss"], again=True)
    yield 192
    w.fetch(w.people["mei"], w.assets["moss"])
    w.ask_back(Purchase.objects.get(number="IN550000000004"))
    w.ask_back(Purchase.objects.get(number="IN550000000003"))
    yield 150
    w.redeem(w.people["raúl"], "MOVED-IN")
