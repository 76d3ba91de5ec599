"""Credits: many lots, codes and gifts, lots that expire and come back as new ones."""

from datetime import timedelta

from credits.models import Code
from tests.data.store_before.acts import World
from tests.data.store_before.opening import person
from tests.data.store_before.story import Scene


def scenes(w: World) -> list[Scene]:
    return [
        _expired_lots_come_back(w),
        _a_lot_is_reborn_twice(w),
        _fifty_lots(w),
        _a_dozen_lots_in_part(w),
        _codes(w),
        _gifts(w),
        _quiet_wallets(w),
        _left_to_refund(w),
    ]


def _expired_lots_come_back(w: World) -> Scene:
    """The promotion ends between the purchase and the refund, so its credits return as a new lot that lives as long
    as the old one had left."""
    yield 460
    who = person(w, "ines", "Inès Ábel")
    w.top_up(who, 30, kind="promo", lives=20.5, memo="Léto")
    w.top_up(who, 12, kind="compensation", lives=40)
    w.top_up(who, 100)
    yield 451.75
    bought = w.buy(who, w.bundles["valley"])
    yield 430
    w.ask_back(bought)
    yield 424
    w.buy(who, w.assets["moss"])
    yield 405
    again = w.buy(who, w.bundles["valley"], fill=True, again=True)
    yield 404
    w.fetch(who, w.assets["meadow"])
    yield 380
    w.ask_back(again, door="api")


def _a_lot_is_reborn_twice(w: World) -> Scene:
    yield 330
    who = person(w, "twice", "Druhé zrození")
    w.top_up(who, 40, kind="promo", lives=10)
    yield 329
    first = w.buy(who, w.assets["oak"])
    yield 315
    w.ask_back(first)
    yield 314.5
    second = w.buy(who, w.assets["oak"])
    yield 301
    w.ask_back(second, door="store")
    yield 300.75
    third = w.buy(who, w.assets["fern"])
    # The last minutes of the lot had less than a day left: what comes back lives one full day.
    yield 290
    w.ask_back(third)


def _fifty_lots(w: World) -> Scene:
    yield 250
    who = person(w, "fifty", "Padesát kapek")
    for drop in range(50):
        kind = ("paid", "promo", "compensation")[drop % 3]
        w.top_up(who, 2 + drop % 2, kind=kind, lives=None if drop % 4 else 60 + drop / 7)
    yield 240
    bought = w.buy(who, w.bundles["valley"])
    yield 239
    w.fetch(who, w.assets["oak"])
    yield 232
    w.ask_back(bought)
    yield 100
    # After the expired ones are gone: what is left is spent again.
    w.buy(who, w.assets["brush"])


def _a_dozen_lots_in_part(w: World) -> Scene:
    """Whole usages, part of one, and lots that are not touched come back; in the window of 2026-09."""
    yield 45
    who = person(w, "dozen", "Tucet")
    for size in range(1, 13):
        w.top_up(who, size, kind="promo" if size % 2 else "paid", lives=size * 3.5 if size % 3 else None)
    yield 44.5
    bought = w.buy(who, w.bundles["cliff"])
    yield 44
    w.fetch(who, w.assets["moss"])
    yield 8
    w.ask_back(bought)


def _codes(w: World) -> Scene:
    """Codes used up, of one account, expired, and guessed."""
    yield 240
    who, other = person(w, "kod", "Kód"), person(w, "kodlos", "Kodlos")
    Code.objects.create(code="ONLY-KÓD", credits=15, user=who, created_at=w.now)
    for text in ("prepaid 100", "PREPAID-100", "only-kód", "ｔｈａｎｋｓ", "THANKS", "spring žába", "PAST"):
        w.redeem(who, text)
    for text in ("prepaid-100", "only kód", "spring-žába", "?"):
        w.redeem(other, text)
    yield 239
    bought = w.buy(who, w.bundles["valley"], fill=False)
    yield 225
    w.ask_back(bought)


def _gifts(w: World) -> Scene:
    yield 160
    who = person(w, "dar", "Dárek")
    w.gift(who, 60, kind="promo", why="Výročí", lives=9)
    w.gift(who, 40, kind="compensation", why="For the outage of Sunday", by="leo")
    w.gift(who, 25, kind="paid", why="A card payment that was booked twice", lives=200)
    yield 158
    w.buy(who, w.assets["cliff-face"])
    yield 152
    w.buy(who, w.assets["pebble"])
    yield 30
    w.gift(w.people["sam"], 30, kind="compensation", why="Staff buys too")
    w.buy(w.people["sam"], w.assets["moss"])
    w.buy(w.people["gil"], w.assets["slate"])


def _quiet_wallets(w: World) -> Scene:
    """Lots that expire unspent, that wait to expire after the end, and that arrived some time before they were told."""
    yield 140
    who = person(w, "ticho", "Ticho")
    w.top_up(who, 17, kind="promo", lives=3)
    w.top_up(who, 19, kind="promo", lives=140.6)
    w.top_up(who, 23, kind="paid", lives=165)
    at = w.now - timedelta(days=11)
    w.shop_says("grants", user=who.email, credits=31, kind="compensation", at=at, expires_at=None)
    yield 6
    assert w.balance(who) == 73


def _left_to_refund(w: World) -> Scene:
    """What the tests go on with: eligible, drawn from four lots, and one of them expires within the next day."""
    yield 14
    who = person(w, "zbyva", "Zbývá vrátit")
    w.top_up(who, 20, kind="promo", lives=14.5)
    w.top_up(who, 10, kind="compensation", lives=60)
    w.top_up(who, 30)
    w.top_up(who, 70)
    yield 13
    w.buy(who, w.bundles["valley"], fill=False)
    yield 12
    w.fetch(who, w.assets["gift"])
