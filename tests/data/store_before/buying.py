"""What credits buy: bundles that cost less than one of their items, things that are free, and every kind of download."""

from refunds.models import Refund
from storefront.models import Download
from storefront.services import strike
from tests.data.store_before.acts import World, downloads_of, fresh
from tests.data.store_before.opening import new_file, person
from tests.data.store_before.story import Scene


def scenes(w: World) -> list[Scene]:
    return [
        _for_nothing(w),
        _free_and_bought_again(w),
        _dependencies(w),
        _the_oldest_counts(w),
        _strikes(w),
    ]


def _for_nothing(w: World) -> Scene:
    """Eligible, and the formula leaves 0: the customer gives the pebble up all the same."""
    yield 370
    who = person(w, "null", "Nula")
    bought = w.buy(who, w.bundles["columns"])
    w.fetch(who, w.assets["basalt"])
    yield 360
    assert w.ask_back(bought).credits == 0
    yield 355
    gift = w.buy(who, w.assets["gift"])
    yield 354
    assert isinstance(w.ask_back(gift), Refund)
    yield 350
    freebies = w.buy(who, w.bundles["freebies"])
    w.fetch(who, w.assets["seeds"])
    yield 349
    assert w.ask_back(freebies, door="api").credits == 0
    yield 50
    # Left as it is, so that a quote of 0 stands in the store.
    w.buy(who, w.bundles["columns"], again=True)
    w.fetch(who, w.assets["basalt"])


def _free_and_bought_again(w: World) -> Scene:
    yield 210
    who = person(w, "frei", "Frei & Söhne")
    w.buy(who, w.bundles["giveaway"])
    w.fetch(who, w.assets["pebble"])
    yield 209
    for _ in range(3):
        w.buy(who, w.assets["pebble"], again=True)
    yield 208
    w.buy(who, w.bundles["freebies"], again=True)
    w.buy(who, w.bundles["starter"], again=True, api=True)
    yield 207.5
    w.buy(who, w.bundles["starter"], again=True)


def _dependencies(w: World) -> Scene:
    """A chain of three, with and without what it requires; other versions and qualities; again and again."""
    yield 205
    who = person(w, "deps", "Závislá Závislosti")
    for slug in ("bark", "oak", "old-oak", "sound", "font"):
        w.buy(who, w.assets[slug])
    yield 204
    w.fetch(who, w.assets["old-oak"])
    yield 203
    w.fetch(who, w.assets["old-oak"], along=False)
    w.fetch(who, w.assets["sound"], along=False, api=True)
    yield 202
    new_file(w, "font", "2.0-β")
    w.fetch(who, w.assets["sound"], api=True)
    yield 201
    old = w.assets["oak"].files.get(version="1.0")
    w.fetch(who, w.assets["oak"], file=old, api=True)
    w.fetch(who, w.assets["oak"], file=w.assets["oak"].files.get(quality="8k"), along=False)


def _the_oldest_counts(w: World) -> Scene:
    """The same moss through three purchases: downloads count against the first that still gives it."""
    yield 190
    who = person(w, "moos", "Moos, dreifach")
    first = w.buy(who, w.bundles["cliff"])
    yield 189
    w.buy(who, w.assets["moss"], again=True)
    yield 188
    w.buy(who, w.bundles["forest"], again=True)
    yield 187
    w.fetch(who, w.assets["moss"])
    w.fetch(who, w.assets["slate"])
    yield 186
    w.ask_back(first)
    yield 182
    w.fetch(who, w.assets["moss"], along=False)
    assert Download.objects.filter(customer=who, asset=w.assets["moss"]).count() == 2


def _strikes(w: World) -> Scene:
    yield 185
    who = person(w, "strike", "Přeškrtnutá")
    single = w.buy(who, w.assets["palette"])
    bundle = w.buy(who, w.bundles["forest"])
    w.fetch(who, w.assets["palette"])
    for slug in ("oak", "fern", "moss"):
        w.fetch(who, w.assets[slug], along=False)
    yield 184
    w.ask_back(single)
    w.ask_back(bundle)
    yield 183
    _strike(w, downloads_of(single)[0], "Přenos se přerušil po 2 z 214 MB.")
    yield 182.5
    w.ask_back(fresh(single))
    yield 182
    _strike(w, downloads_of(bundle, w.assets["oak"])[0], "An automatic download that nobody asked for", "mia")
    yield 181.5
    w.fetch(who, w.assets["oak"], along=False)
    _strike(w, downloads_of(bundle, w.assets["fern"])[0], "Zweiter Versuch")
    yield 181
    w.ask_back(fresh(bundle))
    kept = w.buy(who, w.assets["sound"])
    w.fetch(who, w.assets["sound"])
    w.fetch(who, w.assets["sound"])
    yield 180.5
    # One of two: the item stays downloaded.
    _strike(w, downloads_of(kept)[0], "Only the first of them broke off")


def _strike(w: World, download: Download, why: str, by: str = "sam") -> None:
    strike(download=download, by=w.people[by], why=why, now=w.now)
