"""A refund is a constant, small number of statements, whatever it is a refund of."""

from functools import partial

import pytest
from django.db import transaction

from credits.books import open_books
from credits.proofs import Progress, findings
from refunds.facts import gather_all
from refunds.services import by_policy, judge_all, quote
from refunds.settlement import settle
from storefront.models import Purchase
from tests.refunds.test_refunding import ask
from tests.statements import constant, statements, stocked
from tests.world import NOW, asset, balance, bundle, buy, fetch, give, person

pytestmark = pytest.mark.django_db(transaction=True)

LOTS = (1, 50)
PRICE = 600


def bought(thing, *, lots):
    """By somebody whose wallet holds nothing else, from so many lots."""
    customer = person(f"Buyer of {thing.slug}")
    for n in range(lots):
        give(customer, thing.price // lots, days_ago=100 - n)
    purchase = buy(customer, thing, days_ago=2, with_credits=False)
    assert (purchase.payment.usages.count(), balance(customer)) == (lots, 0)
    return customer, purchase


def questions(customer, purchase, credits):
    """The quote and the refund of it, each with its statements."""
    to_judge = Purchase.objects.to_judge().get(pk=purchase.pk)
    found, quoted = statements(partial(quote, purchase=to_judge, requester=customer, now=NOW))
    assert (found.decision.eligible, found.decision.credits) == (True, credits)
    answer, booked = statements(partial(ask, customer, purchase, credits, key=purchase.number))
    assert (answer.outcome.credits, balance(customer)) == (credits, credits)
    return quoted, booked


@pytest.mark.parametrize(("kind", "sizes"), [("full", (1, 10, 500)), ("partial", (2, 10, 500))])
def test_a_refund_takes_the_same_few_statements_whatever_its_size(grove, figure, kind, sizes):
    quoted, booked = {}, {}
    for items in sizes:
        for lots in LOTS:
            whole, assets = stocked(grove, items, slug=f"of-{items}-{lots}", price=PRICE)
            customer, purchase = bought(whole, lots=lots)
            if kind == "partial":
                fetch(customer, assets[0])
            back = PRICE if kind == "full" else PRICE - 2
            quoted[items, lots], booked[items, lots] = questions(customer, purchase, back)
            assert purchase.refund.full == (kind == "full")
    quotes, refunds = constant(quoted, most=4), constant(booked, most=18)
    figure(
        f"a {kind} refund of {sizes[0]}, 10 or 500 items over 1 or 50 lots: {refunds} statements, its quote {quotes}"
    )


def test_a_refund_of_one_asset_takes_no_more(grove, figure):
    quoted, booked = {}, {}
    for lots in LOTS:
        single = asset(f"single-{lots}", "Single", by=grove, price=PRICE)
        quoted[lots], booked[lots] = questions(*bought(single, lots=lots), PRICE)
    quotes, refunds = constant(quoted, most=4), constant(booked, most=18)
    figure(f"a refund of one asset over 1 or 50 lots: {refunds} statements, its quote {quotes}")


def settled_together(purchases):
    """All of them judged and refunded in one transaction, as a page refunds one."""
    with transaction.atomic():
        books = open_books([purchase.customer_id for purchase in purchases], now=NOW)
        locked = Purchase.objects.lock_all([purchase.pk for purchase in purchases])
        gathered = gather_all([(purchase, purchase.customer_id) for purchase in locked])
        quotes = judge_all(gathered, NOW, books)
        asked = [
            by_policy(found, requested_by=one.customer, door="desk")
            for found, one in zip(quotes, locked, strict=True)
        ]
        return settle(asked, books=books, now=NOW)


def test_thirty_refunds_at_once_take_the_statements_of_one(grove, oak, fern, figure):
    forest = bundle("pair", "Pair", by=grove, price=60, holds=[oak, fern])
    taken = {}
    for many in (1, 30):
        purchases = []
        for n in range(many):
            customer = person(f"Buyer {many}-{n}")
            give(customer, 25, kind="promo", expires_in=9)
            purchases.append(buy(customer, forest, days_ago=1))
            if n % 2:
                fetch(customer, fern)
        refunds, taken[many] = statements(partial(settled_together, purchases))
        assert [refund.credits for refund in refunds] == [30 if n % 2 else 60 for n in range(many)]
        assert [balance(purchase.customer) for purchase in purchases] == [
            25 + (30 if n % 2 else 60) for n in range(many)
        ]
        notes = [refund.credit_note.number for refund in refunds]
        assert notes == sorted(set(notes))
    assert list(findings(Progress())) == []
    figure(f"statements for 1 or 30 refunds at once: {constant(taken, most=16)}")
