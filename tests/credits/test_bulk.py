"""The second writer says just what the first would have said."""

from datetime import timedelta

import pytest
from django.db import transaction

from credits import services
from credits.bulk import BulkLedger
from credits.bulk_rows import BulkLot
from credits.models import Entry, Lot, Wallet
from credits.refusals import InsufficientCredits
from tests.world import NOW, balance, days_before, give

pytestmark = pytest.mark.django_db


def story_by_services(customer):
    at = days_before(50)
    with transaction.atomic():
        wallet = services.lock_wallet(customer=customer, now=at)
        services.grant(wallet=wallet, credits=60, kind="paid", source="top-up", now=at)
        services.grant(
            wallet=wallet,
            credits=30,
            kind="promo",
            source="spring",
            expires_at=at + timedelta(days=20),
            now=at,
        )
        payment = services.pay(wallet=wallet, credits=70, purpose="Forest", made_by=customer, now=at)
    with transaction.atomic():
        wallet = services.lock_wallet(customer=customer, now=NOW)
        services.restore(wallet=wallet, payment=payment, credits=55, evidence="e" * 64, memo="Back", now=NOW)


def story_in_bulk(customer):
    at = days_before(50)
    with transaction.atomic():
        ledger = BulkLedger(now=NOW)
        ledger.grant(customer=customer.pk, credits=60, kind="paid", source="top-up", at=at)
        ledger.grant(
            customer=customer.pk,
            credits=30,
            kind="promo",
            source="spring",
            expires_at=at + timedelta(days=20),
            at=at,
        )
        payment = ledger.pay(customer=customer.pk, credits=70, purpose="Forest", made_by=customer.pk, at=at)
        ledger.restore(payment=payment, credits=55, evidence="e" * 64, memo="Back", at=NOW)
        ledger.finish()


def told(customer):
    lots = [
        (lot.kind, lot.issued, lot.remaining, lot.expires_at, lot.source, bool(lot.reborn_from_id))
        for lot in customer.wallet.lots.order_by("id")
    ]
    lines = list(
        customer.wallet.entries.order_by("number").values_list(
            "number", "kind", "credits", "balance_after", "memo", "at"
        )
    )
    usages = [
        (usage.spent, usage.restored)
        for payment in customer.wallet.payments.all()
        for usage in payment.usages.order_by("id")
    ]
    return lots, lines, usages


def test_both_writers_tell_the_same_story(ada, ben):
    story_by_services(ada)
    story_in_bulk(ben)
    assert told(ben) == told(ada)
    assert (balance(ada), balance(ben)) == (75, 75)
    assert told(ben)[0] == [
        ("paid", 60, 60, None, "top-up", False),
        ("promo", 30, 0, days_before(30), "spring", False),
        ("promo", 15, 15, NOW + timedelta(days=20), "spring", True),
    ]


def test_a_wallet_of_the_load_itself_is_written_at_the_end(ada):
    newcomer = type(ada)(email="new@example.com", name="New")
    type(ada).objects.bulk_create([newcomer])
    assert not Wallet.objects.filter(pk=newcomer.pk).exists()
    with transaction.atomic():
        ledger = BulkLedger(now=NOW)
        ledger.adopt([newcomer.pk])
        ledger.grant(customer=newcomer.pk, credits=5, kind="paid", source="top-up", at=NOW)
        ledger.finish()
    assert balance(newcomer) == 5


def test_a_load_goes_on_where_a_wallet_stood(ada):
    give(ada, 40)
    before = Entry.objects.get()
    with transaction.atomic():
        ledger = BulkLedger(now=NOW)
        ledger.pay(customer=ada.pk, credits=15, purpose="Bark", at=NOW)
        ledger.finish()
    line = Entry.objects.get(number=2)
    assert (balance(ada), line.balance_after, Lot.objects.get().remaining) == (25, 25, 25)
    ada.wallet.refresh_from_db()
    assert ada.wallet.head_digest == line.digest != before.digest
    give(ada, 1)
    assert Entry.objects.get(number=3).balance_after == 26


def test_a_purchase_draws_only_from_what_was_there_at_its_instant(ada):
    with transaction.atomic():
        ledger = BulkLedger(now=NOW)
        ledger.grant(customer=ada.pk, credits=50, kind="paid", source="late", at=days_before(5))
        ledger.grant(
            customer=ada.pk,
            credits=50,
            kind="promo",
            source="gone",
            at=days_before(90),
            expires_at=days_before(40),
        )
        with pytest.raises(InsufficientCredits):
            ledger.pay(customer=ada.pk, credits=20, purpose="Early", at=days_before(20))
        ledger.pay(customer=ada.pk, credits=50, purpose="On time", at=days_before(60))
        ledger.finish()
    assert balance(ada) == 50


def test_what_has_expired_by_the_load_is_written_after_the_last_line(ada):
    with transaction.atomic():
        ledger = BulkLedger(now=NOW)
        ledger.grant(
            customer=ada.pk, credits=9, kind="promo", source="x", at=days_before(9), expires_at=days_before(1)
        )
        ledger.grant(customer=ada.pk, credits=4, kind="paid", source="y", at=days_before(8))
        ledger.finish()
    assert list(Entry.objects.order_by("number").values_list("kind", "credits", "at")) == [
        ("grant", 9, days_before(9)),
        ("grant", 4, days_before(8)),
        ("expire", -9, NOW),
    ]
    assert balance(ada) == 4


def test_the_turn_of_a_lot_is_the_database_s(ada):
    for kind in ("paid", "compensation", "promo"):
        for expires_in in (None, 10, 20):
            give(ada, 1, kind=kind, expires_in=expires_in)
            give(ada, 1, kind=kind, expires_in=expires_in, days_ago=3)
    rows = list(ada.wallet.lots.in_spending_order())
    lots = [
        BulkLot(
            row.pk, ada.pk, row.kind, 1, 1, row.expires_at, row.source, row.reborn_from_id, row.created_at
        )
        for row in rows
    ]
    assert sorted(lots, key=lambda lot: lot.turn) == lots


def test_both_writers_can_take_turns_in_one_transaction(ada):
    with transaction.atomic():
        ledger = BulkLedger(now=NOW)
        ledger.grant(customer=ada.pk, credits=7, kind="paid", source="a", at=NOW)
        ledger.finish()
        wallet = services.lock_wallet(customer=ada, now=NOW)
        services.grant(wallet=wallet, credits=2, kind="paid", source="b", now=NOW)
    assert balance(ada) == 9


@pytest.mark.django_db(transaction=True)
def test_a_load_outside_a_transaction_is_refused():
    with pytest.raises(AssertionError, match="one transaction"):
        BulkLedger(now=NOW)
