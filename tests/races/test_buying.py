"""Two at once in the shop: clicks, tabs, last credits, numbers. Each test has a twin without the guard, which sees the
harm."""

from collections import Counter
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from credits.refusals import InsufficientCredits
from ground import receipts
from ground.laws import LawBroken
from ground.receipts import Asking, digest_of
from storefront import owned
from storefront.models import Document, Invoice, Purchase, Series
from storefront.models.documents import SeriesQuerySet
from storefront.refusals import AlreadyOwned
from storefront.services import buy as buy_within
from storefront.services import request_purchase
from tests.races.together import Gate, claim_of_its_own, together
from tests.world import NOW, asset, balance, give, person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def order(who, thing, key, *, again=False):
    asking = Asking(
        person=who,
        key=key,
        what=digest_of(thing.slug, str(thing.price)),
        now=NOW,
        door="page",
        write=lambda outcome: (201, getattr(outcome, "number", "") or str(outcome)),
    )
    return request_purchase(asking=asking, thing=thing, expected_credits=thing.price, allow_duplicate=again)


@pytest.fixture
def gate(monkeypatch):
    """A purchase stops right after it has looked at what is owned, so that whoever comes meanwhile comes at the worst
    moment."""
    gate, look = Gate(), owned.owns_all

    def look_and_stop(*args):
        mine = look(*args)
        if not gate.reached.is_set():
            gate.stop()
        return mine

    monkeypatch.setattr(owned, "owns_all", look_and_stop)
    return gate


def test_two_clicks_on_one_button_buy_once_and_lead_to_one_purchase(ada, forest, figure):
    rounds = 25
    for turn in range(rounds):
        give(ada, 160)
        before = Purchase.objects.count()
        answers = together(*[partial(order, ada, forest, f"key-{turn}", again=True)] * 2)
        assert len({(answer.status, answer.body) for answer in answers}) == 1
        assert sorted(answer.replayed for answer in answers) == [False, True]
        assert Purchase.objects.count() == before + 1
    assert balance(ada) == rounds * 80
    figure(f"two clicks on one button: {rounds} rounds, {Purchase.objects.count()} purchases")


def test_twin_without_the_receipt_two_clicks_buy_twice(ada, forest, monkeypatch):
    monkeypatch.setattr(receipts, "_claim", claim_of_its_own)
    give(ada, 160)
    together(*[partial(order, ada, forest, "key", again=True)] * 2)
    assert (Purchase.objects.count(), balance(ada)) == (2, 0)


def test_two_tabs_buy_once_and_the_other_is_told_that_it_is_owned(ada, grove, figure):
    told = Counter()
    for turn in range(25):
        leaf = asset(f"leaf-{turn}", "Leaf", by=grove, price=turn % 3)
        give(ada, 10)
        answers = together(*(partial(order, ada, leaf, f"{tab}-{turn}") for tab in ("one", "two")))
        told.update(type(answer.outcome).__name__ for answer in answers)
    assert told == {"Purchase": 25, "AlreadyOwned": 25}
    figure(f"two tabs, two keys: 25 rounds, {dict(told)}")


def test_the_second_tab_waits_for_the_first(ada, grove, gate):
    leaf = asset("leaf", "Leaf", by=grove, price=0)
    first, second = together(
        lambda: order(ada, leaf, "one"), lambda: gate.when_reached(lambda: order(ada, leaf, "two"))
    )
    assert first.outcome == Purchase.objects.get()
    assert isinstance(second.outcome, AlreadyOwned)


def test_twin_without_the_lock_two_tabs_buy_twice_and_nobody_said_again(ada, grove, gate, no_wallet_lock):
    leaf = asset("leaf", "Leaf", by=grove, price=0)
    together(lambda: order(ada, leaf, "one"), lambda: gate.when_reached(lambda: order(ada, leaf, "two")))
    assert list(Purchase.objects.values_list("allowed_duplicate", flat=True)) == [False, False]


def test_two_purchases_on_the_last_credits_one_succeeds(ada, grove, figure):
    told = Counter()
    for turn in range(25):
        first, second = (asset(f"{name}-{turn}", name, by=grove, price=40) for name in ("oak", "ash"))
        give(ada, 40)
        answers = together(
            lambda: order(ada, first, f"one-{turn}"), lambda: order(ada, second, f"two-{turn}")
        )
        told.update(type(answer.outcome).__name__ for answer in answers)
        assert balance(ada) == 0
    assert told == {"Purchase": 25, "InsufficientCredits": 25}
    figure(f"two purchases on the last credits: 25 rounds, {dict(told)}")


def test_whoever_waits_for_the_last_credits_is_told_that_they_are_spent(ada, oak, fern, gate):
    give(ada, 40)
    first, second = together(
        lambda: order(ada, oak, "one"), lambda: gate.when_reached(lambda: order(ada, fern, "two"))
    )
    assert first.outcome == Purchase.objects.get()
    assert isinstance(second.outcome, InsufficientCredits)
    assert "you have 0" in second.body


def test_twin_without_the_lock_the_last_credits_are_spent_twice_but_for_the_wall_behind(
    ada, oak, fern, gate, no_wallet_lock
):
    give(ada, 40)
    first, second = together(
        lambda: order(ada, oak, "one"), lambda: gate.when_reached(lambda: order(ada, fern, "two"))
    )
    assert isinstance(first, IntegrityError | LawBroken), "only the walls behind the lock stopped it"
    assert second.outcome == Purchase.objects.get()


def buy_or_give_up(who, thing, *, gives_up):
    """Takes a number; and sometimes everything is rolled back after that."""
    with transaction.atomic():
        purchase = buy_within(customer=who, asset=thing, expected_credits=0, allow_duplicate=True, now=NOW)
        if gives_up:
            transaction.set_rollback(True)
    return None if gives_up else purchase.number


def test_numbers_are_gapless_and_distinct_under_a_crowd(grove, figure):
    leaf = asset("leaf", "Leaf", by=grove, price=0)
    crowd = [person(f"Person {number}") for number in range(10)]
    taken = []
    for turn in range(10):
        acts = [
            partial(buy_or_give_up, who, leaf, gives_up=(turn + place) % 3 == 0)
            for place, who in enumerate(crowd)
        ]
        taken += [number for number in together(*acts) if number]
    assert sorted(taken) == [f"IN01{count:010d}" for count in range(1, len(taken) + 1)]
    assert Series.objects.get(prefix="IN").last == len(taken) == Invoice.objects.count()
    figure(f"numbers: {len(taken)} given to 10 people at once, {100 - len(taken)} rolled back, no hole")


def look_and_move_on(self, prefix, count):
    """The series as it was read, and not as it is: what one statement keeps apart from another's."""
    series = self.get(prefix=prefix, code="01")
    self.filter(pk=series.pk).update(last=series.last + count)
    return series.code, series.last + count


def test_twin_without_the_lock_one_number_is_given_twice(grove, monkeypatch):
    monkeypatch.setattr(SeriesQuerySet, "take", look_and_move_on)
    leaf = asset("leaf", "Leaf", by=grove, price=0)
    crowd = [person(f"Person {number}") for number in range(10)]
    told = together(*(partial(buy_or_give_up, who, leaf, gives_up=False) for who in crowd))
    assert any(isinstance(one, IntegrityError) for one in told), "only the unique number kept them apart"


def test_two_first_renderings_at_once_are_one_document(ada, oak):
    from storefront.documents import document_pdf

    give(ada, 40)
    number = order(ada, oak, "key").outcome.number
    made = together(*[partial(document_pdf, number)] * 4)
    assert len(set(made)) == 1
    assert Document.objects.count() == 1
