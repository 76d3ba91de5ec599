"""Requests that people decide, on every ground: allowed and refused, solved, refunded on each basis."""

from refunds import cases
from refunds.models import Basis, Grounds, State
from tests.data.store_before.acts import World, downloads_of
from tests.data.store_before.cases import FILES, Request
from tests.data.store_before.elsewhere import sold
from tests.data.store_before.opening import person
from tests.data.store_before.story import Scene


def scenes(w: World) -> list[Scene]:
    return [
        _late_and_allowed(w),
        _struck_and_settled(w),
        _declined_and_rejected(w),
        _helped_and_solved(w),
        _goodwill(w),
        _one_yes_and_one_no(w),
        _taken_from_the_store(w),
        _charged_twice(w),
        _server_errors(w),
    ]


def _late_and_allowed(w: World) -> Scene:
    yield 290
    who = person(w, "spozd", "Spožděná")
    bought = w.buy(who, w.assets["cliff-face"])
    yield 250
    w.ask_back(bought)
    request = Request.by_customer(w, who, bought, Grounds.OUT_OF_WINDOW, uploads=FILES[:2], share=True)
    yield 248
    request.taken()
    request.yes("quarry")
    yield 247.5
    request.approved(80)
    request.ended(State.APPROVED, Basis.PUBLISHER_AUTHORISED)


def _struck_and_settled(w: World) -> Scene:
    """Nobody answers for two weeks; then the log turns out wrong, and the policy pays as of the opening."""
    yield 285
    who = person(w, "nikdy", "Nikdy nestaženo")
    bought = w.buy(who, w.assets["font"])
    w.fetch(who, w.assets["font"])
    yield 280
    w.ask_back(bought)
    request = Request.by_customer(w, who, bought, Grounds.NEVER_DOWNLOADED)
    yield 264
    assert request.state == State.WAITING_FOR_SUPPORT
    request.says("Přikládám výpis.", uploads=FILES[2:4])
    cases.strike(downloads=downloads_of(bought), by=w.people["mia"], why="Not this customer", now=w.now)
    request.ended(State.APPROVED, Basis.POLICY)


def _declined_and_rejected(w: World) -> Scene:
    yield 280
    who = person(w, "omyl", "Omylem")
    bought = w.buy(who, w.bundles["cliff"])
    for slug in ("slate", "moss"):
        w.fetch(who, w.assets[slug], along=False)
    yield 270
    request = Request.by_customer(w, who, bought, Grounds.DOWNLOADED_BY_MISTAKE, items=["slate"])
    yield 268
    request.no("quarry")
    yield 267
    request.rejected()
    request.ended(State.REJECTED)
    yield 266
    again = Request.by_customer(w, who, bought, Grounds.OTHER)
    yield 265
    again.withdrawn()
    again.ended(State.WITHDRAWN)


def _helped_and_solved(w: World) -> Scene:
    yield 170
    who = person(w, "pomoc", "Pomoc 助け")
    bought = w.buy(who, w.assets["old-oak"])
    yield 169
    request = Request.by_customer(w, who, bought, Grounds.NOT_AS_DESCRIBED, uploads=FILES, share=True)
    yield 160
    request.help("grove")
    yield 159
    request.helped(accepted=True)
    request.publisher_says("grove", "Here is the build for the older importer.", FILES[4:])
    yield 150
    request.withdrawn(solved=True)
    request.ended(State.WITHDRAWN)
    assert request.files == 6


def _goodwill(w: World) -> Scene:
    yield 240
    who = person(w, "vada", "Vadné")
    bought = w.buy(who, w.bundles["forest"])
    for slug in ("oak", "fern", "moss"):
        w.fetch(who, w.assets[slug], along=False)
    yield 235
    request = Request.by_customer(w, who, bought, Grounds.DEFECTIVE)
    yield 234
    request.help("grove")
    yield 233
    request.helped(accepted=False)
    request.no("grove")
    yield 232
    request.noted()
    request.handed_over()
    yield 231
    request.approved(33, by="lea", keep=["oak", "moss"])
    request.ended(State.APPROVED, Basis.GOODWILL)


def _one_yes_and_one_no(w: World) -> Scene:
    """Two publishers in one bundle; what the other did not allow stays with the customer."""
    yield 175
    who = person(w, "prava", "Práva")
    bought = w.buy(who, w.bundles["cliff"])
    yield 155
    request = Request.by_customer(w, who, bought, Grounds.RIGHTS_INFRINGEMENT)
    yield 154
    request.yes("quarry")
    request.no("grove")
    yield 153
    share = bought.items.get(asset__slug="slate").share
    request.approved(share, keep=["moss"])
    request.ended(State.APPROVED, Basis.PUBLISHER_AUTHORISED)


def _taken_from_the_store(w: World) -> Scene:
    yield 100
    who = person(w, "duch", "Duch")
    bought = w.buy(who, w.assets["ghost"])
    w.fetch(who, w.assets["ghost"])
    yield 54
    request = Request.by_customer(w, who, bought, Grounds.REMOVED_FROM_STORE)
    yield 53
    request.yes("kun", "")
    yield 52
    request.approved(22, by="mia")
    request.ended(State.APPROVED, Basis.REMOVED_FROM_STORE)


def _charged_twice(w: World) -> Scene:
    yield 215
    who = person(w, "dvakrat", "Dvakrát")
    w.top_up(who, 200)
    for ago in (214.999, 214.998):
        asset = sold(w, "dvakrat", asset="sound", credits=18)
        bundle = sold(w, "dvakrat", bundle="forest", credits=80)
        yield ago
    w.fetch(who, w.assets["sound"])
    yield 195
    first = Request.by_customer(w, who, asset, Grounds.DUPLICATE_CHARGE)
    assert first.state == State.WAITING_FOR_SUPPORT
    found = Request.by_publisher(w, "grove", bundle)
    assert found.case.grounds == Grounds.DUPLICATE_CHARGE
    yield 194
    first.approved(18)
    found.approved(80, by="mia")
    for request in (first, found):
        request.ended(State.APPROVED, Basis.DUPLICATE_CHARGE)


def _server_errors(w: World) -> Scene:
    yield 145
    who = person(w, "server", "Server")
    one, two = w.buy(who, w.assets["palette"]), w.buy(who, w.bundles["starter"])
    for slug in ("palette", "gift", "brush"):
        w.fetch(who, w.assets[slug])
    yield 144
    first = Request.by_customer(w, who, one, Grounds.SERVER_ERROR)
    second = Request.by_customer(w, who, two, Grounds.SERVER_ERROR)
    yield 143.5
    first.approved(35)
    second.approved(7, keep=["bark"])
    assert first.state == second.state == State.WAITING_FOR_SECOND_AGENT
    yield 143
    first.confirmed("mia")
    second.taken_back("mia")
    yield 142
    second.rejected("sam")
    first.ended(State.APPROVED, Basis.SERVER_ERROR)
