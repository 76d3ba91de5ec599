"""Requests that end in some other way than usual: answered, confirmed by a second agent, settled by what came between."""

from refunds import cases
from refunds.models import Basis, Grounds, State
from refunds.services import charge_back
from tests.data.store_before.acts import World, fresh
from tests.data.store_before.cases import FILES, Request
from tests.data.store_before.opening import person
from tests.data.store_before.story import Scene


def scenes(w: World) -> list[Scene]:
    return [
        _credits_wrong(w),
        _more_than_one_agent_may(w),
        _older_than_half_a_year(w),
        _closed_by_what_came_between(w),
        _by_the_policy_after_all(w),
        _for_nothing(w),
        _opened_by_an_agent(w),
    ]


def _credits_wrong(w: World) -> Scene:
    yield 220
    who = person(w, "chybi", "Chybí kredity")
    missing = Request.by_customer(w, who, None, Grounds.CREDITS_WRONG, uploads=FILES[:1])
    yield 219
    missing.answered(7)
    bought = w.buy(who, w.assets["moss"])
    yield 218
    w.ask_back(bought)
    w.buy(who, w.assets["brush"])
    yield 217
    where = Request.by_customer(w, who, bought, Grounds.CREDITS_WRONG)
    yield 216
    where.written()
    where.answered(by="sam")
    other = Request.by_customer(w, who, bought, Grounds.OTHER)
    yield 215
    other.answered(3, by="leo")
    other.ended(State.ANSWERED)


def _more_than_one_agent_may(w: World) -> Scene:
    yield 200
    who = person(w, "velke", "Velké částky")
    for _ in range(3):
        w.top_up(who, 500)
    bought = w.buy(who, w.assets["marble"], fill=False)
    w.fetch(who, w.assets["marble"])
    yield 190
    request = Request.by_customer(w, who, bought, Grounds.INCOMPATIBLE)
    yield 189
    request.yes("quarry")
    request.approved(1500)
    assert request.state == State.WAITING_FOR_SECOND_AGENT
    yield 188
    request.confirmed("lea")
    request.ended(State.APPROVED, Basis.PUBLISHER_AUTHORISED)
    again = w.buy(who, w.bundles["monument"], fill=False)
    yield 60
    own = Request.by_customer(w, who, again, Grounds.OTHER, items=["marble"])
    yield 59
    own.approved(1200, by="leo", keep=["basalt"])
    yield 58
    # A lead's own proposal is for any other agent.
    own.confirmed("sam")
    own.ended(State.APPROVED, Basis.GOODWILL)


def _older_than_half_a_year(w: World) -> Scene:
    yield 420
    who = person(w, "davno", "Dávno")
    bought = w.buy(who, w.assets["basalt"])
    yield 200
    request = Request.by_customer(w, who, bought, Grounds.INCOMPATIBLE)
    yield 199
    request.yes("quarry")
    yield 198
    request.approved(60, by="lea")
    request.ended(State.APPROVED, Basis.PUBLISHER_AUTHORISED)


def _closed_by_what_came_between(w: World) -> Scene:
    yield 135
    who = person(w, "mezitim", "Mezitím")
    refunded, taken = w.buy(who, w.bundles["forest"]), w.buy(who, w.assets["palette"])
    w.fetch(who, w.assets["moss"])
    yield 134
    first = Request.by_customer(w, who, refunded, Grounds.DEFECTIVE)
    second = Request.by_customer(w, who, taken, Grounds.NOT_AS_DESCRIBED)
    yield 133
    w.ask_back(refunded)
    charge_back(purchase=taken, by=w.people["lea"], why="Podvod", now=w.now)
    first.ended(State.CLOSED_BY_REFUND)
    second.ended(State.CLOSED_BY_REFUND)


def _by_the_policy_after_all(w: World) -> Scene:
    """Eligible when it was opened, decided long after the window."""
    yield 128
    who = person(w, "podle", "Podle pravidel")
    bought = w.buy(who, w.bundles["valley"])
    w.fetch(who, w.assets["moss"])
    yield 126
    request = Request.by_customer(w, who, bought, Grounds.INCOMPATIBLE)
    yield 105
    request.approved(90, keep=["moss"])
    request.ended(State.APPROVED, Basis.POLICY)


def _for_nothing(w: World) -> Scene:
    yield 128
    who = person(w, "zadarmo", "Zadarmo")
    bought = w.buy(who, w.bundles["giveaway"])
    w.fetch(who, w.assets["moss"])
    w.fetch(who, w.assets["pebble"])
    yield 127
    request = Request.by_customer(w, who, bought, Grounds.OTHER)
    yield 126
    request.yes("grove")
    request.yes("quarry")
    request.approved(0, by="lea")
    request.ended(State.APPROVED)
    assert fresh(bought).status == "refunded"


def _opened_by_an_agent(w: World) -> Scene:
    yield 125
    who = person(w, "zastup", "Zástup")
    bought = w.buy(who, w.assets["slate"])
    yield 95
    case = cases.open_by_agent(
        purchase=fresh(bought), by=w.people["sam"], grounds=Grounds.OTHER, note="Volal.", now=w.now
    )
    request = Request(w, case)
    yield 79.5
    request.asked_again()
    yield 78
    request.taken(to="mia")
    request.yes("grove")
    request.approved(10, by="mia")
    request.ended(State.APPROVED, Basis.PUBLISHER_AUTHORISED)
