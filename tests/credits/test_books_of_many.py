"""Books of many wallets: a constant number of statements, however many there are; and those of a load, which stay open
while years pass."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from credits import ledger
from credits.books import Books, open_books
from credits.models import Entry, Lot, Payment, Usage, Wallet
from credits.proofs import Progress
from credits.wallets import wallets_hold
from tests.world import NOW, balance, days_before, give

pytestmark = pytest.mark.django_db


def all_adds_up():
    return list(wallets_hold(Progress())) == []


# --- One statement, however many -----------------------------------------------------------------------------------


def crowd(count):
    User.objects.bulk_create(User(name=f"P{n}", email=f"p{n}@example.com") for n in range(count))
    customers = list(User.objects.order_by("id").values_list("id", flat=True))
    Wallet.objects.bulk_create(Wallet(customer_id=pk) for pk in customers)
    return customers


def in_the_books(customers, act, *, now=NOW):
    """How many statements it takes to open the books, to act and to close them."""
    with CaptureQueriesContext(connection) as seen, open_books(customers, now=now) as books:
        act(books)
    return len(seen)


@pytest.mark.parametrize("lots", [1, 50])
@pytest.mark.parametrize("wallets", [1, 10, pytest.param(300, marks=pytest.mark.slow)])
def test_many_wallets_of_many_lots_take_the_statements_of_one(db, wallets, lots, figure):
    customers = crowd(wallets)
    at = days_before(20)
    # The newest half of the lots ends in between.
    ends = [at + timedelta(days=5, minutes=n) if 2 * n > lots else None for n in range(1, lots + 1)]

    def grants(books):
        for pk in customers:
            for n in range(lots):
                expires_at = ends[n]
                ledger.grant(
                    books.wallet(pk), credits=2, kind="paid", source="x", expires_at=expires_at, at=at
                )

    def pays(books):
        for pk in customers:
            ledger.pay(books.wallet(pk), credits=2 * lots, purpose="Oak", at=at)

    def restores(books):
        paid = Payment.objects.order_by("id").values_list("id", flat=True)
        payments = books.payments(list(paid))
        assert len(payments) == wallets
        for payment in payments.values():
            plan = ledger.plan_restoration(payment, credits=2 * lots, now=NOW)
            ledger.restore(books.wallet(payment.customer), plan, evidence="e" * 64, at=NOW)

    opening, paid_list, payments = 2, 1, 1
    assert in_the_books(customers, lambda books: None) == opening
    assert in_the_books(customers, grants, now=at) == opening + 3  # lots, lines, wallets
    assert in_the_books(customers, pays, now=at) == opening + 5  # and payments, usages
    seen = in_the_books(customers, restores)
    assert seen == opening + paid_list + payments + (4 if lots == 1 else 5)
    assert Wallet.objects.aggregate(sum=Sum("balance"))["sum"] == 2 * lots * wallets
    assert Entry.objects.count() == 3 * lots * wallets
    assert Lot.objects.filter(reborn_from__isnull=False).count() == sum(map(bool, ends)) * wallets
    assert all_adds_up()
    figure(f"books of {wallets} wallets with {lots} lots: restored in {seen} statements")


def test_expiry_of_many_takes_the_statements_of_one(db):
    said = []
    customers = crowd(40)
    for some in (customers[:1], customers[1:]):
        for pk in some:
            give(User(pk=pk), 30, expires_in=0)
        with CaptureQueriesContext(connection) as seen:
            open_books(some, now=NOW)
        said.append(len(seen))
    assert said == [5, 5]
    assert Entry.objects.filter(kind="expire").count() == 40


# --- A load --------------------------------------------------------------------------------------------------------


def test_things_of_a_load_have_their_ids_beforehand_and_may_name_one_another(ada):
    """A lot of this very load is drawn on, expires and is reborn before a row is written."""
    with transaction.atomic(), Books(now=NOW, of_a_load=True) as books:
        at = days_before(50)
        lot = ledger.grant(
            books.wallet(ada.pk),
            credits=30,
            kind="promo",
            source="spring",
            expires_at=at + timedelta(days=20),
            at=at,
        )
        payment = ledger.pay(books.wallet(ada.pk), credits=20, purpose="Forest", at=at)
        assert ledger.expire(books.wallet(ada.pk), lot, at=days_before(20)) == 10
        plan = ledger.plan_restoration(payment, credits=15, now=NOW)
        (reborn,) = ledger.restore(books.wallet(ada.pk), plan, evidence="e" * 64, at=NOW)
        assert not Entry.objects.exists()
    assert list(Lot.objects.order_by("id").values_list("id", "remaining", "reborn_from", "expires_at")) == [
        (lot.id, 0, None, days_before(30)),
        (reborn.id, 15, payment.usages[0].id, NOW + timedelta(days=20)),
    ]
    assert (balance(ada), Usage.objects.get().restored, all_adds_up()) == (15, 15, True)


def test_a_wallet_of_the_load_itself_is_written_at_the_end(ada):
    newcomer = User(email="new@example.com", name="New")
    User.objects.bulk_create([newcomer])
    assert not Wallet.objects.filter(pk=newcomer.pk).exists()
    with transaction.atomic(), Books(now=NOW, of_a_load=True) as books:
        books.adopt(newcomer.pk)
        ledger.grant(books.wallet(newcomer.pk), credits=5, kind="paid", source="top-up", at=NOW)
        books.write()
        assert not Wallet.objects.filter(pk=newcomer.pk).exists()
        ledger.pay(books.wallet(newcomer.pk), credits=3, purpose="Oak", at=NOW)
    assert (balance(newcomer), all_adds_up()) == (2, True)


def test_a_wallet_of_the_load_to_which_nothing_happens_is_there_all_the_same(ada):
    newcomer = User(email="new@example.com", name="New")
    User.objects.bulk_create([newcomer])
    with transaction.atomic(), Books(now=NOW, of_a_load=True) as books:
        books.adopt(newcomer.pk)
    assert (balance(newcomer), all_adds_up()) == (0, True)


def test_a_load_goes_on_where_a_wallet_stood(ada):
    give(ada, 40)
    before = Entry.objects.get()
    with transaction.atomic(), Books(now=NOW, of_a_load=True) as books:
        ledger.pay(books.wallet(ada.pk), credits=15, purpose="Bark", at=NOW)
    line = Entry.objects.get(number=2)
    assert (balance(ada), line.balance_after, Lot.objects.get().remaining) == (25, 25, 25)
    ada.wallet.refresh_from_db()
    assert ada.wallet.head_digest == line.digest != before.digest
    give(ada, 1)
    assert Entry.objects.get(number=3).balance_after == 26
    assert all_adds_up()


def test_what_is_held_back_goes_out_in_between_and_the_chain_goes_on(ada, ben, monkeypatch):
    monkeypatch.setattr("credits.books.ACTS_AT_ONCE", 4)
    with transaction.atomic(), Books(now=NOW, of_a_load=True) as books:
        payments = {}
        for n in range(1, 8):
            for one in (ada, ben):
                ledger.grant(books.wallet(one.pk), credits=n, kind="paid", source=f"g{n}", at=NOW)
                payments[one, n] = ledger.pay(books.wallet(one.pk), credits=n, purpose=f"p{n}", at=NOW)
        assert Entry.objects.count() > 20
        for (one, n), payment in payments.items():
            plan = ledger.plan_restoration(payment, credits=n, now=NOW)
            ledger.restore(books.wallet(one.pk), plan, evidence="e", at=NOW)
    assert (balance(ada), balance(ben), Entry.objects.count()) == (28, 28, 42)
    assert all_adds_up()


def test_what_has_expired_by_the_load_is_written_after_the_last_line(ada):
    with transaction.atomic(), Books(now=NOW, of_a_load=True) as books:
        wallet = books.wallet(ada.pk)
        ends = days_before(1)
        ledger.grant(wallet, credits=9, kind="promo", source="x", at=days_before(9), expires_at=ends)
        ledger.grant(books.wallet(ada.pk), credits=4, kind="paid", source="y", at=days_before(8))
        assert books.expire_due() == 9
    assert list(Entry.objects.order_by("number").values_list("kind", "credits", "at")) == [
        ("grant", 9, days_before(9)),
        ("grant", 4, days_before(8)),
        ("expire", -9, NOW),
    ]
    assert (balance(ada), all_adds_up()) == (4, True)


def test_a_load_and_an_act_can_take_turns_in_one_transaction(ada):
    with transaction.atomic():
        with Books(now=NOW, of_a_load=True) as books:
            ledger.grant(books.wallet(ada.pk), credits=7, kind="paid", source="a", at=NOW)
        give(ada, 2)
    assert (balance(ada), all_adds_up()) == (9, True)
