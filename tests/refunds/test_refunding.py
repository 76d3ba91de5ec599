"""A refund from the question to the answer: everything at once, or nothing."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from credits.books import open_books
from credits.ledger import plan_restoration
from credits.models import Entry
from ground.laws import LawBroken
from ground.receipts import Asking, digest_of
from ground.refusals import KeyReused, NotAllowed
from outbox.models import Message
from refunds.facts import gather
from refunds.models import Basis, CreditNote, Denial, Refund
from refunds.policy import decide
from refunds.refusals import NotYours, QuoteChanged
from refunds.services import charge_back, quote, quote_as_of, request_refund
from refunds.settlement import Settlement, settle
from storefront.models import Purchase, Status
from tests.world import NOW, balance, buy, fetch, give, write_letters

pytestmark = pytest.mark.django_db(transaction=True)


def ask(person, purchase, credits, *, key="k1", now=NOW, **more):
    """Presses the button that says how many credits."""
    asking = Asking(
        person=person,
        key=key,
        what=digest_of(purchase.number, str(credits)),
        now=now,
        door="page",
        write=lambda outcome: (201, type(outcome).__name__),
    )
    return request_refund(asking=asking, purchase=purchase, expected_credits=credits, **more)


def test_ada_downloaded_nothing_and_gets_all_of_it_back(ada, forest):
    purchase = buy(ada, forest, days_ago=12)
    assert balance(ada) == 0
    answer = ask(ada, purchase, 80)
    refund = Refund.objects.get()
    assert (answer.status, answer.outcome, refund.credits, refund.basis, refund.full) == (
        201,
        refund,
        80,
        "policy",
        True,
    )
    assert balance(ada) == 80
    purchase.refresh_from_db()
    assert (purchase.status, purchase.revoked_at) == (Status.REFUNDED, NOW)
    assert list(purchase.items.values_list("kept_share", "revoked_at")) == [(0, None)] * 4
    assert CreditNote.objects.get().number == "CN010000000001"
    assert list(Entry.objects.order_by("number").values_list("kind", "credits", "balance_after")) == [
        ("grant", 80, 80),
        ("spend", -80, 0),
        ("restore", 80, 80),
    ]
    assert list(Message.objects.order_by("template").values_list("template", "to")) == [
        ("purchase", ""),
        ("refund", ""),
    ]
    write_letters()
    assert sorted(Message.objects.values_list("template", "to")) == [
        ("receipt", "ada@example.com"),
        ("refunded", "ada@example.com"),
        ("refunded_publisher", "hello@grove.example"),
    ]


def test_ada_keeps_what_she_downloaded_and_pays_its_original_price(ada, forest, oak):
    purchase = buy(ada, forest, days_ago=12, downloaded=[oak])
    ask(ada, purchase, 40)
    assert balance(ada) == 40
    kept = dict(purchase.items.filter(revoked_at=None).values_list("title", "kept_share"))
    assert kept == {"Oak trees": 40}
    assert not Refund.objects.get().full


def test_a_denial_is_an_answer_and_is_kept(ada, oak):
    purchase = buy(ada, oak, days_ago=31, downloaded=[oak])
    answer = ask(ada, purchase, 40)
    denial = Denial.objects.get()
    assert answer.outcome == denial
    reasons = [reason["code"] for reason in json.loads(denial.decision)["reasons"]]
    assert reasons == ["window_closed", "asset_downloaded"]
    assert (balance(ada), Refund.objects.count()) == (0, 0)
    purchase.refresh_from_db()
    assert (purchase.status, purchase.asked_at, purchase.asked_count) == (Status.COMPLETED, NOW, 1)


def test_the_same_key_gets_the_same_answer_and_nothing_twice(ada, oak):
    purchase = buy(ada, oak)
    first, second = ask(ada, purchase, 40), ask(ada, purchase, 40)
    assert (second.status, second.body, second.replayed) == (first.status, first.body, True)
    assert (balance(ada), Refund.objects.count()) == (40, 1)


def test_the_same_key_for_another_request_is_refused(ada, oak, fern):
    one, other = buy(ada, oak), buy(ada, fern)
    ask(ada, one, 40)
    with pytest.raises(KeyReused):
        ask(ada, other, 30)
    assert balance(ada) == 40


def test_another_tab_hears_that_it_is_already_refunded(ada, oak):
    purchase = buy(ada, oak)
    ask(ada, purchase, 40)
    denial = ask(ada, purchase, 40, key="k2").outcome
    assert [reason["code"] for reason in json.loads(denial.decision)["reasons"]] == ["already_refunded"]
    assert balance(ada) == 40


def test_a_changed_quote_is_shown_and_nothing_is_done(ada, forest, oak):
    purchase = buy(ada, forest, downloaded=[oak])
    answer = ask(ada, purchase, 80)
    assert isinstance(answer.outcome, QuoteChanged)
    assert answer.outcome.facts["credits"] == 40
    assert (balance(ada), Refund.objects.count(), Denial.objects.count()) == (0, 0, 0)


def test_nothing_is_given_up_for_0_credits_without_a_tick(ada, forest, oak, fern):
    """80 spent, 40 and 40 deducted: the formula says 0."""
    fern.price = 40
    fern.save()
    purchase = buy(ada, forest, downloaded=[oak, fern])
    answer = ask(ada, purchase, 0, agreed_to_nothing=False)
    assert isinstance(answer.outcome, QuoteChanged)
    assert answer.outcome.facts["credits"] == 0
    assert Refund.objects.count() == 0
    ask(ada, purchase, 0, agreed_to_nothing=True, key="k2")
    assert Refund.objects.get().credits == 0


def test_a_denial_and_a_refund_of_credits_need_no_tick(ada, oak, fern):
    late, early = buy(ada, oak, days_ago=31), buy(ada, fern)
    ask(ada, late, 0, agreed_to_nothing=False)
    ask(ada, early, 30, agreed_to_nothing=False, key="k2")
    assert (Denial.objects.get().purchase, Refund.objects.get().purchase) == (late, early)


def test_a_stranger_learns_nothing(ada, ben, oak):
    purchase = buy(ada, oak)
    with pytest.raises(NotYours):
        ask(ben, purchase, 40)
    assert Denial.objects.count() == 0


def test_credits_of_an_expired_lot_come_back_with_the_life_they_had_left(ada, oak):
    """Bought 10 days ago from a lot that then had 5 days to live."""
    give(ada, 40, kind="promo", days_ago=20, expires_in=-5)
    purchase = buy(ada, oak, days_ago=10, with_credits=False)
    ask(ada, purchase, 40)
    reborn = ada.wallet.lots.get(reborn_from__isnull=False)
    assert (reborn.kind, reborn.remaining, reborn.expires_at) == ("promo", 40, NOW + timedelta(days=5))
    assert balance(ada) == 40


def test_what_was_shown_on_an_earlier_day_can_be_shown_again(ada, forest, oak, fern):
    purchase = buy(ada, forest, days_ago=20, downloaded=[oak])
    fetch(ada, fern, at=NOW - timedelta(days=2))
    assert quote(purchase=purchase, requester=ada, now=NOW).decision.credits == 10
    assert quote_as_of(purchase=Purchase.objects.get(), at=NOW - timedelta(days=3)).decision.credits == 40


def test_what_the_buyer_was_shown_before_the_refund_is_told_after_it(ada, oak):
    """Credits that came back since had not come back then: the past quote still says which lot they go to."""
    purchase = buy(ada, oak, days_ago=5)
    shown = quote(purchase=purchase, requester=ada, now=NOW - timedelta(days=1)).decision
    ask(ada, purchase, 40)
    assert quote_as_of(purchase=Purchase.objects.get(), at=NOW - timedelta(days=1)).decision == shown


def test_a_refund_and_a_quote_take_few_statements(ada, forest, oak, django_assert_max_num_queries):
    purchase = Purchase.objects.to_judge().get(pk=buy(ada, forest, downloaded=[oak]).pk)
    with django_assert_max_num_queries(4):
        quote(purchase=purchase, requester=ada, now=NOW)
    with django_assert_max_num_queries(20):  # 18, and BEGIN and COMMIT
        ask(ada, purchase, 40)
    assert Refund.objects.get().basis == Basis.POLICY


def test_a_charge_back_is_a_leads_act_and_not_of_her_own_purchase(ada, sam, lea, oak):
    hers, purchase = buy(lea, oak), buy(ada, oak)
    for by, what in ((sam, purchase), (ada, purchase), (lea, hers)):
        with pytest.raises(NotAllowed):
            charge_back(purchase=what, by=by, why="The bank took it back.", now=NOW)
    charge_back(purchase=purchase, by=lea, why="The bank took it back.", now=NOW)
    assert sorted(Purchase.objects.values_list("status", flat=True)) == ["charged_back", "completed"]
    assert (balance(ada), purchase.items.live().count()) == (0, 0)


def settle_past_the_policy(purchase, *, credits, basis=Basis.GOODWILL, by=None, door="page", books=None):
    """The one payer, asked for any amount. `books` that were opened before are those of another transaction."""
    with transaction.atomic():
        books = books or open_books([purchase.customer_id], now=NOW)
        found = gather(Purchase.objects.lock(purchase.pk), purchase.customer)
        payment = books.payments([purchase.payment_id])[purchase.payment_id]
        there_is = sum(usage.spent - usage.restored for usage in payment.usages)
        asked = Settlement(
            sold=found.sold,
            facts=found.facts,
            decision=decide(found.facts, terms=found.terms, now=NOW),
            credits=credits,
            basis=basis,
            keep=frozenset(),
            plan=plan_restoration(payment, credits=max(0, min(credits, there_is)), now=NOW),
            requested_by=by.pk if by else purchase.customer_id,
            door=door,
        )
        return settle([asked], books=books, now=NOW)[0]


def books_that_were_left_open(customer):
    """Their transaction has ended, and their locks with it."""
    with transaction.atomic():
        return open_books([customer.pk], now=NOW)


@pytest.mark.parametrize(
    ("credits", "breaks", "law"),
    [(41, LawBroken, "never more than was spent"), (-1, TypeError, "whole number")],
)
def test_the_law_holds_also_past_the_policy(ada, oak, credits, breaks, law):
    with pytest.raises(breaks, match=law):
        settle_past_the_policy(buy(ada, oak), credits=credits)
    assert (balance(ada), Refund.objects.count()) == (0, 0)


def test_nobody_is_paid_under_locks_that_are_gone(ada, oak):
    purchase = buy(ada, oak)
    with pytest.raises(LawBroken, match="in the transaction that locked them"):
        settle_past_the_policy(purchase, credits=40, books=books_that_were_left_open(ada))
    assert (balance(ada), Refund.objects.count()) == (0, 0)


def test_what_was_refunded_or_charged_back_is_not_settled_again(ada, lea, oak, fern):
    refunded, taken_back = buy(ada, oak), buy(ada, fern)
    ask(ada, refunded, 40)
    charge_back(purchase=taken_back, by=lea, why="Bank.", now=NOW)
    for purchase in (refunded, taken_back):
        with pytest.raises(LawBroken, match="only once"):
            settle_past_the_policy(purchase, credits=1)
    assert (balance(ada), Refund.objects.count()) == (40, 1)


def test_a_charge_back_leaves_the_instant_at_which_a_refund_revoked(ada, lea, oak):
    """The sales of a closed month are told by it."""
    purchase = buy(ada, oak)
    ask(ada, purchase, 40)
    charge_back(purchase=purchase, by=lea, why="Bank.", now=NOW + timedelta(days=40))
    purchase.refresh_from_db()
    assert (purchase.status, purchase.revoked_at) == (Status.CHARGED_BACK, NOW)
