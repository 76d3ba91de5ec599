"""A refund, and at its worst moment a purchase, the expiry job, a charge-back, new terms, a publisher's yes. Each pair is a
race and its twin without the guard, which sees the harm."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from credits.due import expire_credits
from credits.models import Entry, Lot
from ground import receipts
from ground.laws import LawBroken
from refunds import cases, facts
from refunds.cases.refusals import CaseClosed
from refunds.models import Case, ChargeBack, Denial, Refund, State
from refunds.policy import Terms as PolicyTerms
from refunds.services import charge_back
from storefront.models import Purchase, Status, Terms
from storefront.services import buy as buy_within
from tests.races.test_refunds import gate, reasons, refund
from tests.races.together import claim_of_its_own, together
from tests.refunds.requests import ask, yes
from tests.world import NOW, balance, buy, give

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
__all__ = ["gate"]
WALLS = (LawBroken, IntegrityError)


# --- The same key, at once -----------------------------------------------------------------------------------------


def test_without_the_receipt_one_key_gets_two_answers(ada, oak, gate, monkeypatch):
    """Its race stands beside the other keys': one effect, one answer."""
    monkeypatch.setattr(receipts, "_claim", claim_of_its_own)
    purchase = buy(ada, oak)
    told = together(
        lambda: refund(ada, purchase, 40, "key"),
        lambda: gate.when_reached(lambda: refund(ada, purchase, 40, "key")),
    )
    assert [type(one.outcome) for one in told] == [Refund, Denial]
    assert len({one.body for one in told}) == 2


# --- A purchase on the same lots -----------------------------------------------------------------------------------


def refund_and_purchase(ada, oak, fern, gate):
    purchase = buy(ada, oak)
    give(ada, 30)

    def buys():
        with transaction.atomic():
            return buy_within(customer=ada, asset=fern, expected_credits=30, now=NOW)

    return together(lambda: refund(ada, purchase, 40, "key"), lambda: gate.when_reached(buys))


def test_a_purchase_waits_for_a_refund_and_both_are_booked(ada, oak, fern, gate):
    told = refund_and_purchase(ada, oak, fern, gate)
    assert (type(told[0].outcome), type(told[1])) == (Refund, Purchase)
    assert balance(ada) == 40
    assert list(Entry.objects.order_by("number").values_list("balance_after", flat=True)) == [
        *(40, 0, 30),
        *(70, 40),
    ]


def test_without_the_locks_both_write_the_same_line(ada, oak, fern, gate, no_locks):
    told = refund_and_purchase(ada, oak, fern, gate)
    assert isinstance(told[0], WALLS), "only the number of the line kept them apart"
    assert type(told[1]) is Purchase


# --- The expiry job ------------------------------------------------------------------------------------------------


def refund_and_expiry(ada, oak, gate):
    """The lot that paid has something left, which expires now; its 40 come back as a lot that lives on."""
    give(ada, 45, kind="promo", days_ago=10, expires_in=0)
    purchase = buy(ada, oak, days_ago=3, with_credits=False)
    return together(
        lambda: refund(ada, purchase, 40, "key"), lambda: gate.when_reached(lambda: expire_credits(NOW))
    )


def test_the_expiry_job_waits_for_a_refund_and_nothing_expires_twice(ada, oak, gate):
    told = refund_and_expiry(ada, oak, gate)
    assert type(told[0].outcome) is Refund
    assert balance(ada) == 40
    assert list(Entry.objects.order_by("number").values_list("kind", "credits")) == [
        ("grant", 45),
        ("spend", -40),
        ("expire", -5),
        ("restore", 40),
    ]
    assert Lot.objects.get(reborn_from__isnull=False).remaining == 40


def test_without_the_locks_the_same_credits_expire_twice_but_for_the_wall_behind(ada, oak, gate, no_locks):
    told = refund_and_expiry(ada, oak, gate)
    assert any(isinstance(one, WALLS) for one in told), "only the number of the line kept them apart"


# --- A charge-back -------------------------------------------------------------------------------------------------


def refund_and_charge_back(ada, lea, oak, gate):
    purchase = buy(ada, oak)
    late = NOW + timedelta(seconds=1)
    told = together(
        lambda: refund(ada, purchase, 40, "key"),
        lambda: gate.when_reached(lambda: charge_back(purchase=purchase, by=lea, why="Bank.", now=late)),
    )
    purchase.refresh_from_db()
    return told, purchase.status


def test_a_charge_back_waits_for_a_refund_and_is_the_last_word(ada, lea, oak, gate):
    told, status = refund_and_charge_back(ada, lea, oak, gate)
    assert (type(told[0].outcome), type(told[1])) == (Refund, ChargeBack)
    assert status == Status.CHARGED_BACK


def test_without_the_locks_a_charge_back_is_written_over(ada, lea, oak, gate, no_locks):
    told, status = refund_and_charge_back(ada, lea, oak, gate)
    assert type(told[1]) is ChargeBack
    assert (status, balance(ada)) == (Status.REFUNDED, 40)


# --- New terms -----------------------------------------------------------------------------------------------------


def refund_and_new_terms(ada, oak, gate):
    """Terms without a window come into force while the refund has its facts in hand; then Ada asks for the next one."""
    first, second = buy(ada, oak, days_ago=3), buy(ada, oak, days_ago=3, again=True)

    def terms():
        strict = {"window_days": 0, "bundle_percent": 0, "created_at": NOW}
        return Terms.objects.create(version="strict", in_force_from=NOW, **strict)

    answer, made = together(lambda: refund(ada, first, 40, "one"), lambda: gate.when_reached(terms))
    assert made == Terms.objects.in_force(NOW)
    return answer, refund(ada, second, 40, "two")


def test_terms_that_come_into_force_meanwhile_take_nothing_from_what_was_bought_before(ada, oak, gate):
    told = refund_and_new_terms(ada, oak, gate)
    assert [type(one.outcome) for one in told] == [Refund, Refund]
    assert balance(ada) == 80


def test_without_its_own_terms_a_purchase_loses_what_was_promised(ada, oak, gate, monkeypatch):
    def of_today(bound):
        now = Terms.objects.in_force(NOW)
        return PolicyTerms(now.version, now.in_force_from, now.window_days, now.bundle_percent)

    monkeypatch.setattr(facts, "policy_terms", of_today)
    told = refund_and_new_terms(ada, oak, gate)
    assert [type(one.outcome) for one in told] == [Refund, Denial]
    assert reasons(told[1]) == ["window_closed"]


# --- A publisher's yes ---------------------------------------------------------------------------------------------


def refund_and_yes(ada, gil, grove, oak, gate):
    purchase = buy(ada, oak, days_ago=3)
    case = ask(ada, purchase, "defective")
    told = together(
        lambda: refund(ada, purchase, 40, "key"), lambda: gate.when_reached(lambda: yes(case, grove, gil))
    )
    case.refresh_from_db()
    return told, case


def test_a_publisher_who_says_yes_to_what_was_just_refunded_is_told(ada, gil, grove, oak, gate):
    told, case = refund_and_yes(ada, gil, grove, oak, gate)
    assert (type(told[0].outcome), type(told[1])) == (Refund, CaseClosed)
    assert (case.state, case.answers.get().authorised) == (State.CLOSED_BY_REFUND, None)


def test_without_the_locks_a_yes_is_taken_for_a_case_that_the_refund_closes(
    ada, gil, grove, oak, gate, no_locks
):
    told, case = refund_and_yes(ada, gil, grove, oak, gate)
    assert (type(told[0].outcome), type(told[1])) == (Refund, Case)
    assert case.answers.get().authorised is True
    assert [line.code for line in cases.lines(case, side="customer")][-2:] == ["authorised", "refunded"]
