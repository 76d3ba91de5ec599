"""The automatic path: every reason to say no, alone and together, the last instant of the window, every door."""

import json
from datetime import timedelta

from refunds.models import Denial, Refund
from refunds.services import charge_back
from storefront.models import Purchase
from tests.data.store_before.acts import World, fresh
from tests.data.store_before.opening import person
from tests.data.store_before.story import Scene


def scenes(w: World) -> list[Scene]:
    return [
        _the_last_instant(w),
        _half_and_more_than_half(w),
        _over_and_over(w),
        _late_and_downloaded(w),
        _charged_back(w),
        _another_percentage(w),
        _every_door(w),
    ]


def _the_last_instant(w: World) -> Scene:
    yield 440.123456
    who = person(w, "last", "Poslední okamžik")
    bought = w.buy(who, w.assets["oak"])
    other = w.buy(who, w.assets["moss"])
    ends = bought.completed_at + timedelta(days=30)
    yield ends
    assert isinstance(w.ask_back(bought), Refund)
    yield ends + timedelta(microseconds=1)
    assert isinstance(w.ask_back(other), Denial)


def _half_and_more_than_half(w: World) -> Scene:
    yield 430
    who = person(w, "half", "Půl na půl")
    half, over = w.buy(who, w.bundles["forest"]), w.buy(who, w.bundles["cliff"])
    for slug in ("fern", "oak"):
        w.fetch(who, w.assets[slug], along=False)
    yield 425
    w.fetch(who, w.assets["slate"])
    yield 424
    assert w.ask_back(half).credits == 10
    yield 423
    w.fetch(who, w.assets["moss"], along=False)
    yield 422
    _says(w.ask_back(over), "bundle_over_limit")


def _over_and_over(w: World) -> Scene:
    """Refunded, asked again and again, bought again with a fresh window."""
    yield 410
    who = person(w, "again", "Znovu a znovu")
    bought = w.buy(who, w.assets["font"])
    yield 409
    w.ask_back(bought)
    for door in ("page", "api", "store"):
        _says(w.ask_back(fresh(bought), door=door), "already_refunded")
    yield 408
    second = w.buy(who, w.assets["font"])
    yield 379
    w.ask_back(second)


def _late_and_downloaded(w: World) -> Scene:
    yield 400
    who = person(w, "spat", "Spät und geladen")
    asset, bundle = w.buy(who, w.assets["basalt"]), w.buy(who, w.bundles["starter"])
    w.fetch(who, w.assets["basalt"])
    yield 395
    _says(w.ask_back(asset), "asset_downloaded")
    for slug in ("gift", "bark", "brush"):
        w.fetch(who, w.assets[slug])
    yield 369
    _says(w.ask_back(asset), "window_closed", "asset_downloaded")
    _says(w.ask_back(bundle, door="store"), "window_closed", "bundle_over_limit")
    old = w.buy(who, w.assets["palette"])
    yield 338
    _says(w.ask_back(old), "window_closed")


def _charged_back(w: World) -> Scene:
    """Before any refund, after a full one, and after a partial one whose kept items go as well."""
    yield 350
    who = person(w, "bank", "Banka")
    untouched = w.buy(who, w.assets["cliff-face"])
    full = w.buy(who, w.assets["palette"])
    partial = w.buy(who, w.bundles["forest"])
    w.fetch(who, w.assets["moss"])
    yield 340
    w.ask_back(full)
    w.ask_back(partial)
    yield 330
    for purchase in (untouched, full, partial):
        _back(w, purchase, "Karta byla ukradena.")
    yield 329
    _says(w.ask_back(fresh(untouched)), "not_completed")
    w.ask_back(fresh(partial))
    yield 31
    lately = w.buy(who, w.bundles["cliff"])
    w.fetch(who, w.assets["slate"])
    yield 5
    w.ask_back(lately)
    yield 4.5
    _back(w, lately, "The bank says fraud", by="leo")


def _back(w: World, purchase: Purchase, why: str, by: str = "lea") -> None:
    charge_back(purchase=purchase, by=w.people[by], why=why, now=w.now)


def _another_percentage(w: World) -> Scene:
    """Two of four are too many under the terms of 2026-03, and three of five are not under those of 2026-09."""
    yield 260
    who = person(w, "prozent", "Prozent")
    spring = w.buy(who, w.bundles["forest"])
    for slug in ("moss", "fern"):
        w.fetch(who, w.assets[slug], along=False)
    yield 250
    _says(w.ask_back(spring), "bundle_over_limit")
    yield 78
    autumn = w.buy(who, w.bundles["forest"], again=True)
    w.fetch(who, w.assets["old-oak"], along=False)
    yield 40
    assert w.ask_back(autumn).credits == 95 - 55


def _every_door(w: World) -> Scene:
    yield 76
    who = person(w, "door", "Dveře 门")
    for place, door in enumerate(("page", "api", "store")):
        bought = w.buy(who, w.bundles["grand"], again=place > 0, api=door == "api")
        yield 75 - place * 8
        w.fetch(who, w.assets["brush"], api=door == "api")
        w.fetch(who, w.assets["gift"])
        yield 74 - place * 8
        w.ask_back(bought, door=door)


def _says(answer: Refund | Denial, *codes: str) -> None:
    assert isinstance(answer, Denial), answer
    assert [each["code"] for each in json.loads(answer.decision)["reasons"]] == list(codes), answer.decision
