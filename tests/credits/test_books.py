"""The books: wallets opened under their locks, and all that became of them written, in a constant number of statements."""

from datetime import timedelta

import pytest
from django.db import transaction

from credits import ledger
from credits.books import Books, open_books
from credits.models import Entry, Lot, Payment, Usage, Wallet
from credits.proofs import Progress
from credits.refusals import InsufficientCredits
from credits.wallets import wallets_hold
from ground.laws import LawBroken
from tests.world import NOW, balance, days_before, give, pay, person, wallet_of

pytestmark = pytest.mark.django_db


def restore(customer, payment, credits, *, at=NOW):
    """One payment's credits come back; `payment` is its row."""
    with transaction.atomic(), open_books([customer.pk], now=at) as books:
        found = books.payments([payment.pk])[payment.pk]
        plan = ledger.plan_restoration(found, credits=credits, now=at)
        ledger.restore(books.wallet(customer.pk), plan, evidence="e" * 64, at=at)


def nothing_happened():
    return not (Entry.objects.exists() or Lot.objects.exists() or Payment.objects.exists())


def all_adds_up():
    return list(wallets_hold(Progress())) == []


# --- What is opened is what was closed -----------------------------------------------------------------------------


def test_what_happened_is_there_when_the_books_are_opened_again(ada):
    with wallet_of(ada, now=days_before(3)) as wallet:
        ledger.grant(
            wallet,
            credits=30,
            kind="promo",
            source="Spring",
            expires_at=NOW + timedelta(days=9),
            at=days_before(3),
        )
        ledger.grant(wallet, credits=20, kind="paid", source="Top-up", made_by=ada.pk, at=days_before(3))
    with wallet_of(ada) as wallet:
        payment = ledger.pay(wallet, credits=35, purpose="Forest", at=NOW, made_by=ada.pk)
    assert (Payment.objects.get().pk, payment.credits) == (payment.id, 35)
    restore(ada, Payment.objects.get(), 10)
    with wallet_of(ada) as wallet:
        assert (wallet.balance, wallet.entries_count) == (25, 6)
        assert wallet.head_digest == Entry.objects.get(number=6).digest
        assert [
            (lot.kind, lot.issued, lot.remaining, lot.expires_at, lot.source, lot.created_at)
            for lot in wallet.lots
        ] == [
            ("promo", 30, 5, NOW + timedelta(days=9), "Spring", days_before(3)),
            ("paid", 20, 20, None, "Top-up", days_before(3)),
        ]
    assert list(Usage.objects.order_by("id").values_list("spent", "restored")) == [(30, 5), (5, 5)]
    assert list(
        Entry.objects.order_by("number").values_list("kind", "credits", "balance_after", "memo", "made_by")
    ) == [
        ("grant", 30, 30, "Spring", None),
        ("grant", 20, 50, "Top-up", ada.pk),
        ("spend", -30, 20, "Forest", ada.pk),
        ("spend", -5, 15, "Forest", ada.pk),
        ("restore", 5, 20, "", None),
        ("restore", 5, 25, "", None),
    ]
    assert all_adds_up()


def test_things_have_their_ids_once_the_books_are_closed(ada):
    with wallet_of(ada) as wallet:
        lot = ledger.grant(wallet, credits=30, kind="paid", source="x", at=NOW)
        payment = ledger.pay(wallet, credits=10, purpose="Oak", at=NOW)
        assert (lot.id, payment.id) == (None, None)
    assert (lot.id, payment.id) == (Lot.objects.get().pk, Payment.objects.get().pk)
    assert (payment.usages[0].id, Lot.objects.get().remaining) == (Usage.objects.get().pk, 20)


def test_a_lot_is_reborn_from_a_usage_of_long_ago(ada):
    at = days_before(50)
    give(ada, 40, kind="promo", days_ago=50, expires_in=-38)
    payment = pay(ada, 25, at=at)
    restore(ada, payment, 25)
    reborn = Lot.objects.get(reborn_from__isnull=False)
    assert (reborn.kind, reborn.issued, reborn.remaining) == ("promo", 25, 25)
    assert (reborn.expires_at, reborn.reborn_from) == (NOW + timedelta(days=12), Usage.objects.get())
    assert [line.kind for line in Entry.objects.order_by("number")] == ["grant", "spend", "expire", "restore"]
    assert (balance(ada), all_adds_up()) == (25, True)


def test_two_payments_that_drew_on_one_lot_give_back_to_one_lot(ada):
    give(ada, 30)
    one, two = pay(ada, 10), pay(ada, 15)
    with transaction.atomic(), open_books([ada.pk], now=NOW) as books:
        found = books.payments([one.pk, two.pk])
        for payment, credits in ((found[one.pk], 10), (found[two.pk], 4)):
            plan = ledger.plan_restoration(payment, credits=credits, now=NOW)
            ledger.restore(books.wallet(ada.pk), plan, evidence="e", at=NOW)
    assert (Lot.objects.get().remaining, balance(ada), all_adds_up()) == (19, 19, True)


def test_several_wallets_are_changed_in_one_go_and_stay_apart(ada, ben):
    give(ada, 30)
    give(ben, 20)
    with transaction.atomic(), open_books([ben.pk, ada.pk], now=NOW) as books:
        ledger.pay(books.wallet(ada.pk), credits=5, purpose="Oak", at=NOW)
        ledger.grant(books.wallet(ben.pk), credits=7, kind="paid", source="x", at=NOW)
        ledger.pay(books.wallet(ada.pk), credits=6, purpose="Bark", at=NOW)
    assert (balance(ada), balance(ben)) == (19, 27)
    assert list(ada.wallet.entries.order_by("number").values_list("credits", flat=True)) == [30, -5, -6]
    assert all_adds_up()


def test_books_closed_in_between_go_on_where_they_stood(ada):
    """Also on a wallet that was had before they were closed: nothing that happens to it is lost."""
    with transaction.atomic(), open_books([ada.pk], now=NOW) as books:
        wallet = books.wallet(ada.pk)
        ledger.grant(wallet, credits=5, kind="paid", source="a", at=NOW)
        books.close()
        ledger.grant(wallet, credits=7, kind="paid", source="b", at=NOW)
        books.close()
        ledger.pay(wallet, credits=11, purpose="Oak", at=NOW)
    assert (balance(ada), Entry.objects.count(), Lot.objects.get(source="b").remaining) == (1, 4, 1)
    assert all_adds_up()


def test_where_something_fails_nothing_is_written(ada):
    give(ada, 30)

    def act():
        with wallet_of(ada) as wallet:
            ledger.grant(wallet, credits=5, kind="paid", source="x", at=NOW)
            ledger.pay(wallet, credits=36, purpose="Oak", at=NOW)

    with pytest.raises(InsufficientCredits):
        act()
    assert (balance(ada), Entry.objects.count(), Lot.objects.count()) == (30, 1, 1)


# --- Expiry --------------------------------------------------------------------------------------------------------


def test_whoever_opens_sees_only_what_has_not_expired_by_then(ada):
    give(ada, 30, expires_in=0)
    with wallet_of(ada, now=NOW - timedelta(microseconds=1)) as wallet:
        assert wallet.balance == 30
    with wallet_of(ada) as wallet:
        assert (wallet.balance, wallet.lots) == (0, [])
    line = Entry.objects.get(kind="expire")
    assert (line.credits, line.at, line.memo) == (-30, NOW, "Expired")


def test_expiry_is_written_at_once_so_that_a_refusal_that_settles_keeps_it(ada):
    give(ada, 30, expires_in=-1)
    with transaction.atomic():
        open_books([ada.pk], now=NOW)  # and nobody closes them
        assert (balance(ada), Entry.objects.get(kind="expire").credits) == (0, -30)
    assert all_adds_up()


def test_an_expired_lot_is_never_spent_even_if_the_job_is_late(ada):
    give(ada, 30, expires_in=-1)
    with pytest.raises(InsufficientCredits) as refused:
        pay(ada, 30)
    assert refused.value.facts == {"credits": 30, "balance": 0}
    assert not Payment.objects.exists()


def test_credits_that_expired_since_the_books_were_opened_are_not_spent(ada):
    give(ada, 30, expires_in=1)

    def late():
        with wallet_of(ada) as wallet:
            ledger.pay(wallet, credits=5, purpose="Oak", at=NOW + timedelta(days=1))

    with pytest.raises(InsufficientCredits):
        late()
    assert (balance(ada), Payment.objects.count()) == (30, 0)


def test_opening_many_writes_the_expiry_of_those_that_have_some(ada, ben):
    give(ada, 30, expires_in=0)
    give(ben, 20)
    with transaction.atomic():
        open_books([ada.pk, ben.pk], now=NOW)
    assert (balance(ada), balance(ben), Entry.objects.filter(kind="expire").count()) == (0, 20, 1)


# --- Who may write -------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_books_are_opened_outside_a_transaction(ada):
    with pytest.raises(LawBroken, match="inside a transaction"):
        open_books([ada.pk], now=NOW)
    with pytest.raises(LawBroken, match="inside a transaction"):
        Books(now=NOW, of_a_load=True)


@pytest.mark.django_db(transaction=True)
def test_no_books_are_written_after_the_transaction_that_locked_them(ada):
    """The lock went with it, so somebody else may have written meanwhile."""
    with transaction.atomic():
        books = open_books([ada.pk], now=NOW)
        ledger.grant(books.wallet(ada.pk), credits=5, kind="paid", source="x", at=NOW)
    for write in (books.write, books.close):
        with pytest.raises(LawBroken, match="in the transaction that locked them"):
            write()
        with pytest.raises(LawBroken, match="in the transaction that locked them"), transaction.atomic():
            write()
    assert nothing_happened()


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_over_has_let_the_lock_go_too(ada):
    with transaction.atomic():
        with transaction.atomic():
            books = open_books([ada.pk], now=NOW)
        ledger.grant(books.wallet(ada.pk), credits=5, kind="paid", source="x", at=NOW)
        with pytest.raises(LawBroken, match="in the transaction that locked them"):
            books.close()
    assert nothing_happened()


def test_a_wallet_that_is_not_open_is_not_had(ada, ben):
    with transaction.atomic():
        books = open_books([ada.pk], now=NOW)
        with pytest.raises((KeyError, LawBroken)):
            books.wallet(ben.pk)


def test_somebody_without_a_wallet_breaks_a_law(ada):
    with pytest.raises(LawBroken, match="everybody has a wallet"), transaction.atomic():
        open_books([ada.pk, 4_000_000], now=NOW)


def test_a_balance_that_is_not_the_sum_of_its_lots_moves_for_nobody(ada):
    give(ada, 30)
    Wallet.objects.filter(pk=ada.pk).update(balance=31)
    with pytest.raises(LawBroken, match="a balance is the sum of its lots"), transaction.atomic():
        open_books([ada.pk], now=NOW)


def test_every_person_has_a_wallet_from_the_first_moment(db):
    assert balance(person("New")) == 0


def test_the_turn_of_a_lot_is_the_database_s(ada):
    for kind in ("paid", "compensation", "promo"):
        for expires_in in (None, 10, 20):
            give(ada, 1, kind=kind, expires_in=expires_in)
            give(ada, 1, kind=kind, expires_in=expires_in, days_ago=3)
            give(ada, 1, kind=kind, expires_in=expires_in, days_ago=3)
    with wallet_of(ada) as wallet:
        by_turn = [lot.id for lot in sorted(wallet.lots, key=lambda lot: lot.turn)]
    assert by_turn == list(ada.wallet.lots.in_spending_order().values_list("id", flat=True))
    assert len(by_turn) == 27
