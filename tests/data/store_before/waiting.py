"""Requests that still wait when the store is dumped, each for somebody else; and those that publishers opened."""

from refunds import cases
from refunds.models import Grounds, State
from tests.data.store_before.acts import World, downloads_of
from tests.data.store_before.cases import FILES, Request
from tests.data.store_before.opening import person
from tests.data.store_before.story import Scene


def scenes(w: World) -> list[Scene]:
    return [
        _for_publishers(w),
        _for_support(w),
        _for_a_second_agent(w),
        _publishers_ask(w),
        _publishers_wait(w),
        _struck_and_still_open(w),
    ]


def _for_publishers(w: World) -> Scene:
    yield 40
    who = person(w, "ceka", "Čeká na vydavatele")
    asset, bundle, other = (
        w.buy(who, thing) for thing in (w.assets["font"], w.bundles["columns"], w.bundles["forest"])
    )
    w.fetch(who, w.assets["font"])
    yield 9
    Request.by_customer(w, who, asset, Grounds.DEFECTIVE, uploads=FILES[:1])
    offered = Request.by_customer(w, who, bundle, Grounds.INCOMPATIBLE)
    accepted = Request.by_customer(w, who, other, Grounds.NOT_AS_DESCRIBED, items=["oak", "fern"])
    yield 5
    offered.help("quarry")
    accepted.help("grove")
    yield 4
    accepted.helped(accepted=True)
    assert offered.state == accepted.state == State.WAITING_FOR_PUBLISHER


def _for_support(w: World) -> Scene:
    yield 38
    who = person(w, "podpora", "Čeká na podporu")
    bought, late = w.buy(who, w.bundles["starter"]), w.buy(who, w.assets["palette"])
    yield 12
    request = Request.by_customer(w, who, bought, Grounds.OTHER)
    overdue = Request.by_customer(w, who, late, Grounds.SERVER_ERROR)
    yield 2
    request.yes("kun")
    request.no("grove")
    request.taken("mia")
    Request.by_customer(w, who, None, Grounds.CREDITS_WRONG)
    assert request.state == overdue.state == State.WAITING_FOR_SUPPORT
    overdue.case.refresh_from_db()
    assert overdue.case.with_lead


def _for_a_second_agent(w: World) -> Scene:
    yield 37
    who = person(w, "druhy", "Čeká na druhého")
    for _ in range(2):
        w.top_up(who, 900)
    error, dear = w.buy(who, w.bundles["starter"]), w.buy(who, w.assets["marble"], fill=False)
    for slug in ("marble", "brush", "gift"):
        w.fetch(who, w.assets[slug])
    yield 7
    first = Request.by_customer(w, who, error, Grounds.SERVER_ERROR)
    second = Request.by_customer(w, who, dear, Grounds.RIGHTS_INFRINGEMENT)
    yield 6
    second.yes("quarry")
    yield 1
    first.approved(9, keep=["brush"], note="Náš server odpověděl pozdě.")
    second.approved(1500, by="leo")
    assert first.state == second.state == State.WAITING_FOR_SECOND_AGENT


def _publishers_ask(w: World) -> Scene:
    """The customer says yes, no, or nothing; or the publisher thinks again."""
    yield 115
    who = person(w, "dotaz", "Dotázaná")
    yes, no, withdrawn, silent = (
        w.buy(who, thing)
        for thing in (w.assets["oak"], w.assets["palette"], w.assets["slate"], w.bundles["valley"])
    )
    for slug in ("oak", "palette", "meadow", "moss", "slate"):
        w.fetch(who, w.assets[slug], along=False)
    yield 98
    asked = [
        Request.by_publisher(w, "grove", yes, uploads=FILES[1:3]),
        Request.by_publisher(w, "kun", no),
        Request.by_publisher(w, "grove", silent, items=["meadow", "fern"]),
        Request.by_publisher(w, "grove", withdrawn),
    ]
    yield 97
    asked[0].mine(True)
    asked[1].mine(False)
    asked[3].withdrawn(w.people["nell"])
    yield 96
    asked[0].approved(40)
    yield 93
    share = sum(silent.items.filter(asset__slug__in=["meadow", "fern"]).values_list("share", flat=True))
    keep = silent.items.exclude(asset__slug__in=["meadow", "fern"]).values_list("asset__slug", flat=True)
    asked[2].approved(share, by="mia", keep=list(keep))
    assert [each.state for each in asked] == [
        State.APPROVED,
        State.WITHDRAWN,
        State.APPROVED,
        State.WITHDRAWN,
    ]


def _publishers_wait(w: World) -> Scene:
    yield 36
    who = person(w, "mlci", "Mlčí")
    bought = w.buy(who, w.bundles["grand"])
    yield 1.5
    request = Request.by_publisher(w, "kun", bought, items=["sound", "brush"], uploads=FILES[:1])
    assert request.state == State.WAITING_FOR_CUSTOMER


def _struck_and_still_open(w: World) -> Scene:
    """The strike is on the time line, and the window was over at the opening all the same."""
    yield 90
    who = person(w, "zustane", "Zůstane otevřené")
    bought = w.buy(who, w.assets["sound"])
    w.fetch(who, w.assets["sound"])
    yield 13
    Request.by_customer(w, who, bought, Grounds.NEVER_DOWNLOADED)
    yield 11
    cases.strike(downloads=downloads_of(bought), by=w.people["sam"], why="Přerušeno", now=w.now)
