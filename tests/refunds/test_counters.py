"""The policy as SQL and the policy as Python are one policy: tried on random purchases, on the engine at hand."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from credits.models import Payment
from refunds import policy
from refunds.counters import LAST_ASKED, as_things_stand, given_terms, refundable
from refunds.models import ChargeBack, Refund
from storefront.models import Purchase, Status, Terms

pytestmark = pytest.mark.django_db

MOST = 2**53 - 1
STARTS = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOW_MANY = 800


@dataclass
class MadeUp:
    """One purchase of the table, and what the policy would be told of it."""

    row: Purchase
    prices: list[int]
    refunded_at: datetime | None = None
    charged_back_at: datetime | None = None

    def facts(self, *, downloaded: int, status: str) -> policy.Facts:
        fetched = (policy.Download(STARTS),)
        items = tuple(
            policy.Item(f"a{place}", f"a{place}", price, fetched if place < downloaded else ())
            for place, price in enumerate(self.prices)
        )
        return policy.Facts(
            requester=1,
            owner=1,
            invoice=self.row.number,
            kind=policy.Kind.BUNDLE if self.row.bundle_id else policy.Kind.ASSET,
            title="",
            status=policy.Status(status),
            completed_at=self.row.completed_at,
            credits_spent=self.row.credits_spent,
            items=items,
            download_log=self.row.download_log,
        )

    @property
    def status_when_asked(self) -> str:
        if self.row.status == "charged_back" and self.charged_back_at <= self.row.asked_at:
            return "charged_back"
        if self.refunded_at and self.refunded_at < self.row.asked_at:
            return "refunded"
        return self.row.status if self.row.status in {"pending", "cancelled"} else "completed"

    def when_asked(self, terms):
        facts = self.facts(downloaded=self.row.asked_count, status=self.status_when_asked)
        return policy.decide(facts, terms=terms, now=self.row.asked_at)

    def today(self, terms, now):
        facts = self.facts(downloaded=self.row.downloaded_count, status=self.row.status)
        return policy.decide(facts, terms=terms, now=now)


@pytest.fixture
def chance():
    return random.Random(20261121)


@pytest.fixture
def versions():
    numbers = [(0, 0), (7, 20), (30, 50), (14, 33), (400, 100)]
    return [
        Terms.objects.create(
            version=f"v{place}",
            in_force_from=STARTS + timedelta(days=place),
            window_days=days,
            bundle_percent=percent,
            created_at=STARTS,
        )
        for place, (days, percent) in enumerate(numbers)
    ]


@pytest.fixture
def purchases(ada, oak, forest, versions, chance):
    """Purchases of every status, asked about mostly within a microsecond of some edge."""
    made = [make_up(chance, number, ada, oak, forest, versions) for number in range(HOW_MANY)]
    paid = [each.row for each in made if each.row.credits_spent]
    with transaction.atomic():
        payments = Payment.objects.bulk_create(
            Payment(wallet=ada.wallet, credits=row.credits_spent, purpose="x", at=STARTS) for row in paid
        )
        for row, payment in zip(paid, payments, strict=True):
            row.payment = payment
        Purchase.objects.bulk_create([each.row for each in made])
        Refund.objects.bulk_create(
            Refund(
                purchase=each.row,
                customer=ada,
                credits=0,
                basis="policy",
                full=True,
                facts="{}",
                decision="{}",
                requested_by=ada,
                door="page",
                at=each.refunded_at,
                digest="",
            )
            for each in made
            if each.refunded_at
        )
        ChargeBack.objects.bulk_create(
            ChargeBack(purchase=each.row, why="x", at=each.charged_back_at)
            for each in made
            if each.charged_back_at
        )
    return {each.row.pk: each for each in made}


def make_up(chance, number, customer, asset, bundle, versions):
    terms = chance.choice(versions)
    is_bundle = chance.random() < 0.7
    size = chance.randint(1, 12) if is_bundle else 1
    prices = [chance.choice([0, 1, 15, 40, MOST // 400]) for _ in range(size)]
    asked_count = chance.choice([0, 0, size // 2, chance.randint(0, size)])
    downloaded = chance.randint(asked_count, size)
    status = chance.choice(["completed"] * 3 + ["charged_back"] + Status.values)
    completed_at = None if status == "pending" else STARTS + chance.random() * timedelta(days=90)
    window = timedelta(days=chance.choice([terms.window_days, 7, 30]))
    asked_at = (completed_at or STARTS) + chance.choice([timedelta(0), chance.random() * window, window])
    asked_at += chance.choice([-1, 0, 0, 1]) * MICROSECOND
    around = [asked_at - MICROSECOND, asked_at, asked_at + MICROSECOND]
    row = Purchase(
        number=f"IN02{number:010d}",
        customer=customer,
        asset=None if is_bundle else asset,
        bundle=bundle if is_bundle else None,
        publisher=asset.publisher,
        title="x",
        credits_spent=chance.choice([0, 1, sum(prices), sum(prices) * 2 // 3, MOST]),
        status=status,
        created_at=STARTS,
        completed_at=completed_at,
        terms=terms,
        items_count=size,
        downloaded_count=downloaded,
        downloaded_price=sum(prices[:downloaded]),
        download_log=chance.random() < 0.9,
        asked_at=asked_at,
        asked_count=asked_count,
        asked_price=sum(prices[:asked_count]),
    )
    was_refunded = status == "refunded" or (status == "charged_back" and chance.random() < 0.5)
    return MadeUp(
        row,
        prices,
        refunded_at=chance.choice(around) if was_refunded else None,
        charged_back_at=chance.choice(around) if status == "charged_back" else None,
    )


def as_policy(terms):
    return policy.Terms(terms.version, terms.in_force_from, terms.window_days, terms.bundle_percent)


def answers(counters, *numbers):
    rows = Purchase.objects.annotate(back=refundable(counters, *numbers))
    return dict(rows.values_list("pk", "back"))


def said(decision):
    return decision.credits if decision.eligible else None


def test_by_each_purchases_own_terms_both_say_the_same(purchases):
    decisions = {pk: each.when_asked(as_policy(each.row.terms)) for pk, each in purchases.items()}
    assert answers(LAST_ASKED) == {pk: said(decision) for pk, decision in decisions.items()}
    assert 0.2 < sum(said.eligible for said in decisions.values()) / HOW_MANY < 0.8
    assert {reason.code for said in decisions.values() for reason in said.reasons} == set(
        policy.ReasonCode
    ) - {"not_yours"}


@pytest.mark.parametrize(("days", "percent"), [(0, 0), (7, 50), (30, 33), (30, 50), (31, 49), (36_500, 100)])
def test_by_other_terms_both_say_the_same(purchases, days, percent):
    terms = policy.Terms("other", None, days, percent)
    decisions = {pk: each.when_asked(terms) for pk, each in purchases.items()}
    told = answers(LAST_ASKED, given_terms(window_days=days, bundle_percent=percent))
    assert told == {pk: said(decision) for pk, decision in decisions.items()}


def test_as_things_stand_today_both_say_the_same(purchases, chance):
    for now in [STARTS, STARTS + timedelta(days=40), chance.choice(list(purchases.values())).row.asked_at]:
        decisions = {pk: each.today(as_policy(each.row.terms), now) for pk, each in purchases.items()}
        assert answers(as_things_stand(now)) == {pk: said(decision) for pk, decision in decisions.items()}


def test_a_purchase_at_the_end_of_the_calendar_is_no_crash(ada, oak, versions):
    last = datetime.max.replace(tzinfo=UTC)
    Purchase.objects.create(
        number="IN029999999999",
        customer=ada,
        asset=oak,
        publisher=oak.publisher,
        title="x",
        credits_spent=0,
        created_at=last,
        completed_at=last,
        terms=versions[-1],
        items_count=1,
        asked_at=last,
    )
    assert list(answers(LAST_ASKED).values()) == [0]
