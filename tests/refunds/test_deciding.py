"""How a case is decided: by whom, against whose answer, for how many credits, and what a strike does to it."""

from datetime import timedelta

import pytest

from credits.models import Lot
from refunds import cases
from refunds.cases import escalate_cases
from refunds.cases.refusals import (
    BeyondLimit,
    CannotDecide,
    CaseClosed,
    MayNot,
    NotYourTurn,
    OwnCase,
)
from refunds.models import Case, Refund, State
from tests.refunds.requests import approve, ask, letters, no, refunded, unconfirmed, yes
from tests.world import NOW, agent, balance, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)


def test_sam_approves_what_the_publisher_authorised(ada, sam, oak, grove, gil):
    purchase = buy(ada, oak, days_ago=45, downloaded=[oak])
    case = ask(ada, purchase)
    yes(case, grove, gil)
    done = approve(case, sam, 40, note="Here you are.")
    refund = Refund.objects.get()
    assert (done.state, done.deadline) == (State.APPROVED, None)
    assert (refund.basis, refund.credits, refund.case, refund.door) == (
        "publisher_authorised",
        40,
        case,
        "desk",
    )
    assert (balance(ada), purchase.items.get().kept_share) == (40, 0)
    with pytest.raises(CaseClosed):
        approve(case, sam, 40)
    assert balance(ada) == 40


def test_against_a_no_only_a_lead_approves_and_the_store_bears_it(ada, sam, lea, oak, grove, gil):
    purchase = buy(ada, oak, days_ago=45)
    case = ask(ada, purchase)
    no(case, grove, gil)
    with pytest.raises(BeyondLimit):
        approve(case, sam, 40)
    approve(case, lea, 40)
    assert (Refund.objects.get().basis, purchase.items.get().kept_share) == ("goodwill", 40)


def test_in_a_silence_only_a_lead_approves(ada, sam, lea, oak):
    case = ask(ada, buy(ada, oak, days_ago=45))
    later = NOW + timedelta(days=15)
    escalate_cases(later)
    with pytest.raises(BeyondLimit):
        approve(case, sam, 40, now=later)
    approve(case, lea, 40, now=later)
    assert Refund.objects.get().basis == "goodwill"


def test_one_no_does_not_veto_anothers_yes(ada, sam, cliff, slate, moss, grove, quarry, gil, quinn):
    """36 spent: 20 of it for Quarry's slate, 16 for Grove's moss. Grove says no and loses nothing."""
    purchase = buy(ada, cliff, days_ago=45)
    case = ask(ada, purchase)
    yes(case, quarry, quinn)
    no(case, grove, gil)
    with pytest.raises(BeyondLimit):
        approve(case, sam, 21, moss)
    with pytest.raises(BeyondLimit):
        approve(case, sam, 20)
    approve(case, sam, 20, moss)
    assert balance(ada) == 20
    assert dict(purchase.items.values_list("title", "kept_share")) == {"Slate": 0, "Moss": 16}


def test_the_suggestion_is_what_the_agent_may_do(ada, sam, cliff, slate, moss, grove, quarry, gil, quinn):
    case = ask(ada, buy(ada, cliff, days_ago=45))
    yes(case, quarry, quinn)
    no(case, grove, gil)
    fresh = Case.objects.get()
    assert cases.suggestion(cases.standing(fresh), sam) == (20, frozenset({"moss"}))


def test_never_less_than_the_policy_gives(ada, sam, forest, oak, grove, gil):
    case = ask(ada, buy(ada, forest, downloaded=[oak]), "defective")
    with pytest.raises(CannotDecide, match="The policy itself gives 40"):
        approve(case, sam, 39, oak)
    approve(case, sam, 40, oak)
    assert Refund.objects.get().basis == "policy"


def test_nobody_loses_the_window_while_people_work(ada, sam, oak):
    """Asked on the 29th day, decided on the 50th: the policy says yes as of the opening."""
    case = ask(ada, buy(ada, oak, days_ago=29), "other")
    approve(case, sam, 40, now=NOW + timedelta(days=21))
    assert (Refund.objects.get().basis, balance(ada)) == ("policy", 40)


@pytest.mark.parametrize("credits", [0, -1, 41, True, 40.0, "40"])
def test_credits_are_whole_and_between_one_and_what_was_spent(ada, lea, oak, credits):
    case = ask(ada, buy(ada, oak, days_ago=45))
    with pytest.raises(CannotDecide):
        approve(case, lea, credits)
    assert (balance(ada), Case.objects.get().state) == (0, State.WAITING_FOR_PUBLISHER)


def test_older_than_180_days_is_a_leads_and_the_publishers_yes_still_counts(ada, sam, lea, oak, grove, gil):
    case = ask(ada, buy(ada, oak, days_ago=181))
    yes(case, grove, gil)
    with pytest.raises(BeyondLimit, match="180 days"):
        approve(case, sam, 40)
    approve(case, lea, 40)
    assert Refund.objects.get().basis == "publisher_authorised"


def test_a_duplicate_charge_needs_no_publisher(ada, sam, oak, grove, gil):
    buy(ada, oak, days_ago=200)
    second = buy(ada, oak, days_ago=190, again=True)
    unconfirmed(second)
    case = ask(ada, second, "duplicate_charge")
    assert case.state == State.WAITING_FOR_SUPPORT
    approve(case, sam, 40)
    assert (Refund.objects.get().basis, balance(ada)) == ("duplicate_charge", 40)
    assert "refunded_publisher" in letters("hello@grove.example")


def test_a_confirmed_second_purchase_is_an_overlap_and_the_publisher_is_asked(ada, oak):
    buy(ada, oak, days_ago=50)
    case = ask(ada, buy(ada, oak, days_ago=45, again=True), "duplicate_charge")
    assert case.state == State.WAITING_FOR_PUBLISHER


def test_a_server_error_waits_for_a_second_agent(ada, sam, mia, oak):
    case = ask(ada, buy(ada, oak, days_ago=45), "server_error")
    with pytest.raises(CannotDecide, match="written evidence"):
        approve(case, sam, 40)
    proposed = approve(case, sam, 40, private_note="The log of 7 October shows the crash.")
    assert (proposed.state, balance(ada)) == (State.WAITING_FOR_SECOND_AGENT, 0)
    with pytest.raises(MayNot):
        cases.do("confirm", case=case, by=sam, now=NOW)
    with pytest.raises(NotYourTurn):
        approve(case, mia, 40, note="Me too.")
    cases.do("confirm", case=case, by=mia, now=NOW)
    assert (balance(ada), Refund.objects.get().basis) == (40, "server_error")


def test_above_the_limit_an_agent_waits_for_a_lead_and_a_lead_for_any_agent(
    ada, sam, mia, lea, oak, fern, grove, gil, settings
):
    settings.SECOND_AGENT_ABOVE = 20
    case = ask(ada, buy(ada, oak, days_ago=45))
    yes(case, grove, gil)
    approve(case, sam, 40)
    with pytest.raises(MayNot, match="a lead"):
        cases.do("confirm", case=case, by=mia, now=NOW)
    cases.do("confirm", case=case, by=lea, now=NOW)
    other = ask(ada, buy(ada, fern, days_ago=45), key="k2")
    assert approve(other, lea, 30).state == State.WAITING_FOR_SECOND_AGENT
    cases.do("confirm", case=other, by=mia, now=NOW)
    assert sorted(Refund.objects.values_list("credits", "basis")) == [
        (30, "goodwill"),
        (40, "publisher_authorised"),
    ]


def test_nobody_decides_about_themselves_or_their_publisher(sam, lea, grove, oak, ada):
    mine = ask(sam, buy(sam, oak, days_ago=45))
    with pytest.raises(OwnCase):
        approve(mine, sam, 40)
    gwen = agent("Gwen")
    member_of(gwen, grove)
    case = ask(ada, buy(ada, oak, days_ago=45), key="k2")
    for act in ("reject", "answer"):
        with pytest.raises(OwnCase):
            cases.do(act, case=case, by=gwen, note="No.", now=NOW)
    assert set(Case.objects.values_list("state", flat=True)) == {State.WAITING_FOR_PUBLISHER}


def member_of(user, publisher):
    from accounts.people import join

    join(user=user, publisher=publisher, now=NOW)


def test_a_customer_decides_nothing(ada, ben, oak):
    case = ask(ada, buy(ada, oak, days_ago=45))
    with pytest.raises(MayNot):
        approve(case, ben, 40)


# --- Answers, strikes -----------------------------------------------------------------------------------------------


def test_wrong_credits_end_with_an_explanation_or_a_leads_compensation(ada, sam, lea, oak, gil, grove):
    case = ask(ada, refunded(ada, sam, gil, grove, oak), "credits_wrong")
    with pytest.raises(MayNot, match="a lead"):
        cases.do("answer", case=case, by=sam, note="Here.", credits=5, now=NOW)
    with pytest.raises(CannotDecide):
        approve(case, lea, 40)
    done = cases.do("answer", case=case, by=lea, note="We are sorry.", credits=5, now=NOW)
    assert (done.state, done.compensation.issued, done.compensation.kind) == (
        State.ANSWERED,
        5,
        "compensation",
    )
    assert (balance(ada), Lot.objects.filter(kind="compensation").count(), Refund.objects.count()) == (
        45,
        1,
        1,
    )


def test_a_strike_that_makes_it_eligible_settles_at_once(ada, sam, oak, bark):
    purchase = buy(ada, oak, days_ago=20)
    buy(ada, bark, days_ago=25)
    download = fetch(ada, oak)
    case = ask(ada, purchase, "never_downloaded")
    settled = cases.strike(
        downloads=[download], by=sam, why="The transfer broke off.", now=NOW + timedelta(days=30)
    )
    assert (settled.state, Refund.objects.get().basis, balance(ada)) == (State.APPROVED, "policy", 40)
    assert [line.code for line in cases.lines(case, side="customer")][-2:] == ["struck", "approved"]


def test_a_strike_that_changes_nothing_leaves_the_case_open(ada, sam, oak):
    purchase = buy(ada, oak, days_ago=45)
    download = fetch(ada, oak)
    case = ask(ada, purchase)
    assert cases.strike(downloads=[download], by=sam, why="It broke off.", now=NOW) is None
    case.refresh_from_db()
    assert (case.state, balance(ada)) == (State.WAITING_FOR_PUBLISHER, 0)


def test_a_strike_never_takes_a_bundle_for_nothing(ada, sam, grove, fern, moss):
    from tests.world import bundle

    cheap = bundle("cheap", "Cheap", by=grove, price=10, holds=[fern, moss])
    purchase = buy(ada, cheap, downloaded=[fern])
    download = fetch(ada, moss)
    case = ask(ada, purchase, "never_downloaded")
    assert cases.strike(downloads=[download], by=sam, why="It broke off.", now=NOW) is None
    case.refresh_from_db()
    assert (case.is_open, Refund.objects.count()) == (True, 0)
