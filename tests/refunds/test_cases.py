"""Cases from the opening to the decision, and what each side sees of them: each transition with its law."""

from datetime import timedelta

import pytest

from ground.receipts import Asking
from refunds import cases
from refunds.cases import escalate_cases
from refunds.cases.refusals import (
    AlreadyAnswered,
    BadInput,
    CannotDecide,
    CaseClosed,
    CaseOpen,
    NotAsked,
    NotYourTurn,
    TooLateToAnswer,
)
from refunds.models import Case, Grounds, Refund, State
from storefront.models import Purchase, Status
from tests.refunds.requests import STORY, approve, ask, letters, no, refunded, request, yes
from tests.refunds.test_refunding import ask as refund_of
from tests.world import NOW, balance, buy, member

pytestmark = pytest.mark.django_db(transaction=True)


# --- Opening ---------------------------------------------------------------------------------------------------


def test_adas_request_asks_every_publisher_of_its_items(ada, cliff, slate, moss, grove, quarry):
    case = ask(ada, buy(ada, cliff, days_ago=45))
    assert (case.state, case.deadline) == (State.WAITING_FOR_PUBLISHER, NOW + timedelta(days=14))
    assert set(case.answers.values_list("publisher__slug", flat=True)) == {"grove", "quarry"}
    assert [line.code for line in cases.lines(case, side="customer")] == [
        "opened",
        "asked_publisher",
        "asked_publisher",
    ]
    assert set(letters("ada@example.com")) == {"receipt", "case_opened"}
    assert letters("hello@grove.example") == ["case_publisher_asked"]
    assert letters("hello@quarry.example") == ["case_publisher_asked"]


@pytest.mark.parametrize("grounds", ["server_error", "credits_wrong"])
def test_what_is_the_stores_own_affair_goes_straight_to_support(ada, oak, grounds):
    """Saturday noon; three working days on it is Wednesday noon."""
    case = ask(ada, buy(ada, oak), grounds)
    assert (case.state, case.answers.count()) == (State.WAITING_FOR_SUPPORT, 0)
    assert case.deadline == NOW + timedelta(days=4)


def test_wrong_credits_need_no_purchase_and_everything_else_does(ada):
    assert ask(ada, None, "credits_wrong").purchase is None
    with pytest.raises(BadInput):
        ask(ada, None, "other", key="k2")
    assert Case.objects.count() == 1


def test_49_characters_are_too_few_and_50_are_enough(ada, oak):
    purchase = buy(ada, oak)
    with pytest.raises(BadInput, match="at least 50 characters; these are 49"):
        ask(ada, purchase, message="x" * 49 + "   ")
    assert ask(ada, purchase, message="x" * 50).number.startswith("C")


def test_a_purchase_has_one_open_case(ada, oak):
    purchase = buy(ada, oak)
    first = ask(ada, purchase)
    with pytest.raises(CaseOpen, match=first.number):
        ask(ada, purchase, key="k2")
    cases.do("withdraw", case=first, by=ada, door="page", now=NOW)
    assert ask(ada, purchase, key="k3").is_open


def test_the_same_key_opens_one_case(ada, oak):
    purchase = buy(ada, oak)
    first = ask(ada, purchase)
    asking = Asking(person=ada, key="k", what="case", now=NOW, door="page", write=lambda outcome: (201, ""))
    again = cases.open_by_customer(asking=asking, purchase=purchase, grounds="other", message=STORY)
    assert (again.replayed, again.body, Case.objects.count()) == (True, first.number, 1)


@pytest.mark.parametrize("grounds", [one for one in Grounds.values if one not in {"credits_wrong", "other"}])
def test_a_refunded_purchase_takes_no_request_for_a_refund(ada, sam, gil, grove, oak, grounds):
    purchase = refunded(ada, sam, gil, grove, oak)
    with pytest.raises(BadInput):
        ask(ada, purchase, grounds, key="later")
    assert ask(ada, purchase, "credits_wrong", key="wrong").state == State.WAITING_FOR_SUPPORT


# --- Answering -------------------------------------------------------------------------------------------------


def test_support_decides_once_every_publisher_has_answered(ada, cliff, grove, quarry, gil, quinn):
    case = ask(ada, buy(ada, cliff, days_ago=45))
    assert yes(case, grove, gil).state == State.WAITING_FOR_PUBLISHER
    assert no(case, quarry, quinn).state == State.WAITING_FOR_SUPPORT


def test_a_publisher_answers_once_and_only_where_it_is_asked(ada, oak, grove, quarry, gil, quinn):
    case = ask(ada, buy(ada, oak, days_ago=45))
    with pytest.raises(NotAsked):
        yes(case, quarry, quinn)
    yes(case, grove, gil)
    with pytest.raises(AlreadyAnswered):
        no(case, grove, gil)


def test_help_that_ada_accepts_gives_seven_days_more_once(ada, oak, grove, gil):
    case = ask(ada, buy(ada, oak, days_ago=45))
    help_ = {"case": case, "publisher": grove, "by": gil, "note": "Try version 2.", "door": "portal"}
    cases.do("offer_help", **help_, now=NOW)
    assert "case_help_offered" in letters("ada@example.com")
    fresh = cases.do("accept_help", case=case, by=ada, door="page", now=NOW)
    assert fresh.deadline == NOW + timedelta(days=21)
    with pytest.raises(AlreadyAnswered):
        cases.do("offer_help", **help_, now=NOW)
    with pytest.raises(NotYourTurn):
        cases.do("accept_help", case=case, by=ada, door="page", now=NOW)
    solved = cases.do("solve", case=case, by=ada, door="page", now=NOW)
    assert solved.state == State.WITHDRAWN


def test_the_publisher_is_reminded_twice_and_then_support_decides(ada, oak, grove, gil):
    case = ask(ada, buy(ada, oak, days_ago=45))
    for days, done in ((6, 0), (7, 1), (8, 0), (13, 1), (13.5, 0)):
        assert escalate_cases(NOW + timedelta(days=days))["reminded"] == done, days
    assert escalate_cases(NOW + timedelta(days=14, seconds=1))["publisher_silent"] == 1
    case.refresh_from_db()
    assert case.state == State.WAITING_FOR_SUPPORT
    assert letters("hello@grove.example").count("case_publisher_reminded") == 2
    with pytest.raises(TooLateToAnswer):
        yes(case, grove, gil, now=NOW + timedelta(days=15))


def test_the_deadline_counts_although_the_job_is_late(ada, oak, grove, gil):
    case = ask(ada, buy(ada, oak, days_ago=45))
    with pytest.raises(TooLateToAnswer):
        yes(case, grove, gil, now=NOW + timedelta(days=14, microseconds=1))
    assert yes(case, grove, gil, now=NOW + timedelta(days=14)).state == State.WAITING_FOR_SUPPORT


def test_an_overdue_case_goes_to_a_lead_once(ada, oak):
    case = ask(ada, buy(ada, oak), "server_error")
    later = NOW + timedelta(days=4, seconds=1)
    assert escalate_cases(later)["overdue"] == 1
    assert escalate_cases(later)["overdue"] == 0
    case.refresh_from_db()
    assert (case.with_lead, case.state) == (True, State.WAITING_FOR_SUPPORT)


# --- A publisher's request ---------------------------------------------------------------------------------------


def test_nobody_approves_a_publishers_request_before_adas_yes(ada, sam, oak, grove, gil):
    case = request(gil, grove, buy(ada, oak, days_ago=45))
    assert (case.state, case.deadline) == (State.WAITING_FOR_CUSTOMER, NOW + timedelta(days=3))
    with pytest.raises(NotYourTurn):
        approve(case, sam, 40)
    cases.do("agree", case=case, by=ada, door="page", now=NOW)
    approve(case, sam, 40)
    assert (balance(ada), Refund.objects.get().basis) == (40, "publisher_authorised")


def test_adas_no_withdraws_it_and_nothing_moves(ada, sam, oak, grove, gil):
    case = request(gil, grove, buy(ada, oak, days_ago=45))
    assert cases.do("keep", case=case, by=ada, door="page", now=NOW).state == State.WITHDRAWN
    with pytest.raises(CaseClosed):
        approve(case, sam, 40)
    assert (balance(ada), Refund.objects.count()) == (0, 0)
    assert Purchase.objects.get().status == Status.COMPLETED


def test_three_days_of_silence_let_support_decide(ada, sam, oak, grove, gil):
    case = request(gil, grove, buy(ada, oak, days_ago=45))
    later = NOW + timedelta(days=3, seconds=1)
    assert escalate_cases(later)["customer_silent"] == 1
    approve(case, sam, 40, now=later)
    assert balance(ada) == 40


def test_the_address_must_be_the_publishers(ada, ben, oak, grove, gil):
    purchase = buy(ada, oak)
    with pytest.raises(BadInput) as raised:
        request(gil, grove, purchase, email="ben@example.com")
    assert raised.value.field == "email"
    assert (
        request(gil, grove, purchase, email="hello@GROVE.example", key="r2").reply_to == "hello@GROVE.example"
    )


# --- What each side sees ---------------------------------------------------------------------------------------------


def test_each_side_sees_the_same_steps_without_the_others_private_notes(ada, sam, oak, grove, gil):
    case = ask(ada, buy(ada, oak, days_ago=45))
    cases.do("note", case=case, by=sam, note="She wrote before.", now=NOW)
    yes(case, grove, gil)
    approve(case, sam, 40, note="Gladly.", private_note="Second time this year.")
    support = cases.lines(case, side="support")
    customer = cases.lines(case, side="customer")
    publisher = cases.lines(case, side="publisher", publisher=grove)
    assert [line.private_note for line in support if line.private_note] == [
        "She wrote before.",
        "Second time this year.",
    ]
    for view in (customer, publisher):
        assert [line.code for line in view] == ["opened", "asked_publisher", "authorised", "approved"]
        assert not any(line.private_note for line in view)
        assert "Sam" not in " ".join(line.actor for line in view)
    assert "Ada" not in " ".join(line.actor for line in publisher)
    assert [line.credits for line in customer][-1] == 40
    assert not any(line.credits for line in publisher)


def test_a_member_who_left_may_not_withdraw(ada, oak, grove, gil):
    case = request(gil, grove, buy(ada, oak, days_ago=45))
    stranger = member("Gus", grove)
    stranger.memberships.all().delete()
    with pytest.raises(NotAsked):
        cases.do("withdraw_request", case=case, publisher=grove, by=stranger, door="portal", now=NOW)
    assert (
        cases.do("withdraw_request", case=case, publisher=grove, by=gil, door="portal", now=NOW).state
        == State.WITHDRAWN
    )


def test_nothing_is_approved_on_what_was_refunded_in_the_meantime(ada, sam, lea, oak):
    purchase = buy(ada, oak)
    refund_of(ada, purchase, 40)
    case = ask(ada, purchase, "other")
    for person in (sam, lea):
        with pytest.raises(CannotDecide, match="This purchase is refunded"):
            approve(case, person, 40)
    assert (balance(ada), Refund.objects.count()) == (40, 1)


def test_a_strike_takes_nothing_that_a_customer_may_want_to_keep(ada, sam, gil, grove, oak):
    """The publisher asked on her behalf, and she has not answered yet."""
    purchase = buy(ada, oak, days_ago=3, downloaded=[oak])
    case = request(gil, grove, purchase)
    assert cases.strike(downloads=[purchase.downloads.get()], by=sam, why="It broke.", now=NOW) is None
    case.refresh_from_db()
    assert (case.state, balance(ada), Refund.objects.count()) == (State.WAITING_FOR_CUSTOMER, 0, 0)


def test_a_publisher_does_not_withdraw_what_support_is_deciding(ada, sam, gil, grove, oak, settings):
    settings.SECOND_AGENT_ABOVE = 10
    case = request(gil, grove, buy(ada, oak, days_ago=45))
    cases.do("agree", case=case, by=ada, door="page", now=NOW)
    approve(case, sam, 40)
    with pytest.raises(CannotDecide, match="deciding this request right now"):
        cases.do("withdraw_request", case=case, publisher=grove, by=gil, door="portal", now=NOW)
    case.refresh_from_db()
    assert case.state == State.WAITING_FOR_SECOND_AGENT
