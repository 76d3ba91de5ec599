"""What no row may be: changed where it is not there, or past the laws of the database."""

import pytest
from django.db import DatabaseError, DataError, IntegrityError, transaction

from credits.models import Entry, Lot, Wallet
from ground import rows
from ground.laws import LawBroken
from tests.ground.scratch import WRITERS, by_update
from tests.world import NOW, balance, give

pytestmark = pytest.mark.django_db
THOUSANDS = 3_000
LOT = ("wallet_id", "kind", "issued", "remaining", "expires_at", "source", "created_at")


def lot(wallet, issued, remaining=None, *, kind="paid", source="top-up"):
    return (wallet, kind, issued, issued if remaining is None else remaining, None, source, NOW)


# --- Updates -------------------------------------------------------------------------------------------------------


def test_an_update_changes_the_rows_it_names_and_no_other(scratch):
    a, b, c = rows.insert(scratch, ("big", "chars"), [(1, "a"), (2, "b"), (3, "c")])
    rows.update(scratch, ("big",), [(c, 30), (a, None)])
    assert list(scratch.objects.order_by("pk").values_list("pk", "big", "chars")) == [
        (a, None, "a"),
        (b, 2, "b"),
        (c, 30, "c"),
    ]


def test_thousands_of_rows_each_get_their_own_value(scratch):
    ids = rows.insert(scratch, ("big",), [(n,) for n in range(THOUSANDS)])
    rows.update(scratch, ("big",), [(pk, -pk) for pk in reversed(ids)])
    assert dict(scratch.objects.values_list("pk", "big")) == {pk: -pk for pk in ids}


def test_a_row_is_found_by_a_key_of_any_name(ada, ben):
    rows.update(Wallet, ("head_digest",), [(ben.pk, "b"), (ada.pk, "a")])
    assert dict(Wallet.objects.values_list("customer_id", "head_digest")) == {ada.pk: "a", ben.pk: "b"}


def test_a_row_that_is_not_there_breaks_a_law(scratch):
    (pk,) = rows.insert(scratch, ("big",), [(1,)])
    with pytest.raises(LawBroken, match="every row of Scratch that changes is there, once"):
        rows.update(scratch, ("big",), [(pk, 2), (pk + 1, 2)])


def test_a_row_that_is_named_twice_breaks_a_law(scratch):
    (pk,) = rows.insert(scratch, ("big",), [(1,)])
    with pytest.raises(LawBroken, match="every row of Scratch that changes is there, once"):
        rows.update(scratch, ("big",), [(pk, 2), (pk, 3)])


@pytest.mark.parametrize("given", [[(1,)], [(1, "a", 2)], [(1, "a"), (2,)]], ids=str)
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_row_that_is_too_short_or_too_long_is_no_row(scratch, write, given):
    with pytest.raises((ValueError, LawBroken, DatabaseError)), transaction.atomic():
        write(scratch, ("big", "chars"), given)
    assert not scratch.objects.exists()


# --- The database's last word --------------------------------------------------------------------------------------


@pytest.fixture
def lots(ada):
    """Two lots that nothing draws on."""
    give(ada, 30)
    give(ada, 20)
    return list(Lot.objects.order_by("id").values_list("id", flat=True))


@pytest.mark.parametrize("write", [rows.insert, rows.write, rows.copy], ids=lambda write: write.__name__)
def test_a_constraint_refuses_a_row_and_with_it_all_of_them(ada, write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write(Lot, LOT, [lot(ada.pk, 5), lot(ada.pk, 5, remaining=6)])
    assert not Lot.objects.exists()


def test_a_constraint_refuses_an_update(lots):
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(Lot, ("remaining",), [(lots[0], 10), (lots[1], 21)])
    assert list(Lot.objects.order_by("id").values_list("remaining", flat=True)) == [30, 20]


def test_the_guard_refuses_to_move_what_never_moves(ada, lots):
    rows.update(Lot, ("remaining",), [(lots[0], 29)])
    (line, _) = Entry.objects.order_by("number").values_list("id", flat=True)
    for model, column, row in ((Lot, "issued", (lots[0], 31)), (Entry, "memo", (line, "Mine"))):
        with pytest.raises(IntegrityError, match="is a money row"), transaction.atomic():
            rows.update(model, (column,), [row])
    assert (Lot.objects.get(pk=lots[0]).issued, Entry.objects.get(pk=line).memo) == (30, "top-up")


def test_what_is_missing_or_named_twice_is_refused(ada, lots):
    wallet = (ada.pk, 0, 0, "")
    columns = ("customer_id", "balance", "entries_count", "head_digest")
    for model, named, row in (
        (Wallet, columns, wallet),
        (Lot, LOT, (ada.pk, None, 1, 1, None, "x", NOW)),
        (Lot, LOT[:-1], lot(ada.pk, 1)[:-1]),
    ):
        for write in (rows.insert, rows.copy):
            with pytest.raises(IntegrityError), transaction.atomic():
                write(model, named, [row])
    assert (balance(ada), Lot.objects.count()) == (50, 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", [rows.insert, rows.write, rows.copy], ids=lambda write: write.__name__)
def test_a_key_that_names_nothing_is_refused_when_all_is_told(write):
    """As with the ORM's own rows: by the end of the transaction, so that rows may name others that come later."""
    with pytest.raises(IntegrityError), transaction.atomic():
        write(Lot, LOT, [lot(4_000_000, 5)])
    assert not Lot.objects.exists()


@pytest.mark.postgres
@pytest.mark.parametrize("write", [rows.insert, rows.write, rows.copy, by_update])
def test_a_text_that_is_too_long_is_refused_and_never_cut_off(scratch, write):
    with pytest.raises(DataError, match="too long"), transaction.atomic():
        write(scratch, ("chars",), [("x" * 61,)])
    assert not scratch.objects.exists()


@pytest.mark.postgres
@pytest.mark.parametrize("write", [rows.insert, rows.write, rows.copy, by_update])
def test_a_number_that_is_too_big_for_its_column_is_refused(scratch, write):
    for column, number in (("positive", 2**31), ("small", 2**15), ("positive", -1), ("big", 2**63)):
        with pytest.raises((DataError, IntegrityError, OverflowError)), transaction.atomic():
            write(scratch, (column,), [(number,)])
    assert not scratch.objects.exists()


def test_what_is_written_with_the_transaction_goes_with_it(scratch):
    with transaction.atomic():
        rows.insert(scratch, ("big",), [(1,)])
        rows.write(scratch, ("big",), [(1,)] * THOUSANDS)
        transaction.set_rollback(True)
    assert not scratch.objects.exists()
