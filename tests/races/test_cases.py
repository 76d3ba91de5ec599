"""Two at once on one case: one effect, and the other is told. Each test has a twin without the guard, which sees the
harm."""

import pytest

from ground.receipts import Asking
from ground.refusals import Refusal
from refunds import cases
from refunds.cases import act as doing
from refunds.cases import acts as carrying
from refunds.cases import openings
from refunds.cases.refusals import CaseClosed, CaseOpen
from refunds.models import Case, CaseEvent, Denial, Refund, State
from storefront.models import Purchase
from tests.races.test_refunds import refund
from tests.races.together import Gate, together
from tests.refunds.requests import STORY, ask, request, yes
from tests.world import NOW, balance, buy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def stop_after(monkeypatch, module, name):
    """Whoever calls this function first waits behind it, with what was read already in hand."""
    gate, real = Gate(), getattr(module, name)
    met = []

    def stopping(*args, **kwargs):
        found = real(*args, **kwargs)
        if not met:
            met.append(True)
            gate.stop()
        return found

    monkeypatch.setattr(module, name, stopping)
    return gate


def approve(case, person, credits=40):
    return cases.do("approve", case=case, by=person, credits=credits, keep=frozenset(), now=NOW)


def kinds(outcomes):
    return sorted(type(one).__name__ for one in outcomes)


def acts(case):
    return list(CaseEvent.objects.filter(case=case).values_list("act", flat=True))


# --- Two agents approve ------------------------------------------------------------------------------------------


def authorised(ada, gil, grove, oak):
    case = ask(ada, buy(ada, oak, days_ago=45))
    yes(case, grove, gil)
    return case


def test_of_two_agents_who_approve_at_once_one_does(ada, sam, mia, gil, grove, oak, monkeypatch):
    case = authorised(ada, gil, grove, oak)
    gate = stop_after(monkeypatch, carrying, "lock_case")
    told = together(lambda: approve(case, sam), lambda: gate.when_reached(lambda: approve(case, mia)))
    assert kinds(told) == ["Case", "CaseClosed"]
    assert (balance(ada), Refund.objects.count(), acts(case).count("approved")) == (40, 1, 1)


def test_without_locks_both_agents_set_out_to_pay(ada, sam, mia, gil, grove, oak, monkeypatch, no_locks):
    """The second is not told anything: it runs into the inner walls, which keep it from paying again."""
    case = authorised(ada, gil, grove, oak)
    gate = stop_after(monkeypatch, carrying, "lock_case")
    told = together(lambda: approve(case, sam), lambda: gate.when_reached(lambda: approve(case, mia)))
    assert "Case" in kinds(told)
    assert {"LawBroken", "IntegrityError"} & set(kinds(told))


# --- A refund, and an agent who approves ---------------------------------------------------------------------------


def test_a_refund_and_an_approval_at_once_pay_once(ada, sam, oak, monkeypatch):
    purchase = buy(ada, oak, days_ago=3)
    case = ask(ada, purchase, "other")
    gate = stop_after(monkeypatch, doing, "standing")
    told = together(
        lambda: approve(case, sam), lambda: gate.when_reached(lambda: refund(ada, purchase, 40, "own"))
    )
    assert type(told[0]) is Case
    assert type(told[1].outcome) is Denial
    assert (balance(ada), Refund.objects.get().case) == (40, case)


def test_a_refund_first_closes_the_case_and_the_agent_is_told(ada, sam, oak, monkeypatch):
    from refunds import services

    purchase = buy(ada, oak, days_ago=3)
    case = ask(ada, purchase, "other")
    gate = stop_after(monkeypatch, services, "gather")
    told = together(
        lambda: refund(ada, purchase, 40, "own"), lambda: gate.when_reached(lambda: approve(case, sam))
    )
    assert type(told[0].outcome) is Refund
    assert type(told[1]) is CaseClosed
    case.refresh_from_db()
    assert (case.state, balance(ada), Refund.objects.get().case) == (State.CLOSED_BY_REFUND, 40, None)


def test_without_locks_the_approval_walks_into_the_refund(ada, sam, oak, monkeypatch, no_locks):
    purchase = buy(ada, oak, days_ago=3)
    case = ask(ada, purchase, "other")
    gate = stop_after(monkeypatch, doing, "standing")
    told = together(
        lambda: approve(case, sam), lambda: gate.when_reached(lambda: refund(ada, purchase, 40, "own"))
    )
    assert {"LawBroken", "IntegrityError"} & set(kinds(told))


# --- A publisher authorises, and the customer withdraws ---------------------------------------------------------------


def withdraw(case, ada):
    return cases.do("withdraw", case=case, by=ada, door="page", now=NOW)


def test_a_publishers_yes_and_a_withdrawal_never_both_hold(ada, gil, grove, oak, monkeypatch):
    case = ask(ada, buy(ada, oak, days_ago=45))
    gate = stop_after(monkeypatch, carrying, "lock_case")
    told = together(lambda: withdraw(case, ada), lambda: gate.when_reached(lambda: yes(case, grove, gil)))
    assert kinds(told) == ["Case", "CaseClosed"]
    case.refresh_from_db()
    assert (case.state, case.answers.get().authorised) == (State.WITHDRAWN, None)
    assert acts(case) == ["opened", "asked_publisher", "withdrawn"]


def test_without_locks_a_withdrawn_case_comes_back_to_life(ada, gil, grove, oak, monkeypatch, no_locks):
    case = ask(ada, buy(ada, oak, days_ago=45))
    gate = stop_after(monkeypatch, carrying, "lock_case")
    together(lambda: yes(case, grove, gil), lambda: gate.when_reached(lambda: withdraw(case, ada)))
    case.refresh_from_db()
    assert {"withdrawn", "authorised"} <= set(acts(case))
    assert case.state == State.WAITING_FOR_SUPPORT


# --- A case is opened while a refund commits ---------------------------------------------------------------------------


def test_a_case_opened_while_a_refund_commits_is_closed_by_it_or_never_opens(ada, oak, monkeypatch):
    from refunds import services

    purchase = buy(ada, oak, days_ago=3)
    gate = stop_after(monkeypatch, services, "gather")
    told = together(
        lambda: refund(ada, purchase, 40, "own"),
        lambda: gate.when_reached(lambda: ask(ada, purchase, "defective")),
    )
    assert type(told[0].outcome) is Refund
    assert isinstance(told[1], Refusal)
    assert (Case.objects.open().count(), balance(ada)) == (0, 40)


def test_without_locks_a_refunded_purchase_is_left_with_an_open_case(ada, oak, monkeypatch, no_locks):
    from refunds import settlement

    purchase = buy(ada, oak, days_ago=3)
    # The refund has looked for an open case and found none; now one is opened, before it commits.
    gate = stop_after(monkeypatch, settlement, "close_open_cases")
    told = together(
        lambda: refund(ada, purchase, 40, "own"),
        lambda: gate.when_reached(lambda: ask(ada, purchase, "defective")),
    )
    assert type(told[0].outcome) is Refund
    assert type(told[1]) is Case
    assert Case.objects.open().count() == 1
    assert Purchase.objects.get().status == "refunded"


# --- Two open a case on one purchase -----------------------------------------------------------------------------------


def test_two_who_open_a_case_at_once_get_one(ada, gil, grove, oak, monkeypatch):
    purchase = buy(ada, oak, days_ago=45)
    gate = stop_after(monkeypatch, openings, "_assert_askable")
    told = together(
        lambda: ask(ada, purchase), lambda: gate.when_reached(lambda: request(gil, grove, purchase))
    )
    assert kinds(told) == ["Case", "CaseOpen"]
    assert Case.objects.count() == 1


def test_without_locks_the_second_meets_the_database(ada, gil, grove, oak, monkeypatch, no_locks):
    purchase = buy(ada, oak, days_ago=45)
    gate = stop_after(monkeypatch, openings, "_assert_askable")
    told = together(
        lambda: ask(ada, purchase), lambda: gate.when_reached(lambda: request(gil, grove, purchase))
    )
    assert kinds(told) == ["Case", "IntegrityError"]


def test_one_key_pressed_twice_at_once_opens_one_case(ada, oak):
    purchase = buy(ada, oak, days_ago=45)

    def press():
        asking = Asking(
            person=ada,
            key="one",
            what="case",
            now=NOW,
            door="page",
            write=lambda outcome: (201, str(outcome)),
        )
        return cases.open_by_customer(asking=asking, purchase=purchase, grounds="other", message=STORY)

    first, second = together(press, press)
    assert first.body == second.body
    assert not isinstance(first.outcome, CaseOpen)
    assert Case.objects.count() == 1
