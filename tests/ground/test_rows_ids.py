"""Ids in the order of the rows, ids that nobody else will get, and a claim that only the first one has."""

import pytest
from django.db import IntegrityError, connection, transaction

from ground import rows
from ground.models import Receipt
from tests.ground.scratch import COLUMNS, statements
from tests.world import NOW

pytestmark = pytest.mark.django_db
THOUSANDS = 3_000


# --- Ids -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, THOUSANDS])
def test_ids_come_in_the_order_of_the_rows(scratch, count):
    ids = rows.insert(scratch, ("big",), [(count - n,) for n in range(count)])
    assert ids == sorted(set(ids))
    assert list(scratch.objects.order_by("pk").values_list("pk", "big")) == [
        (pk, count - n) for n, pk in enumerate(ids)
    ]


def test_no_rows_are_no_statement(scratch):
    with statements() as seen:
        assert rows.insert(scratch, COLUMNS, iter([])) == []
        rows.update(scratch, COLUMNS, iter([]))
        rows.write(scratch, COLUMNS, iter([]))
        rows.add(scratch, COLUMNS, {}, tuple)
    assert seen == []


class Thing:
    def __init__(self, big, pk=None):
        self.id, self.big = pk, big


@pytest.mark.parametrize("count", [1, THOUSANDS])
def test_things_have_their_ids_once_they_are_added(scratch, count):
    things = dict.fromkeys(Thing(count - n) for n in range(count))
    rows.add(scratch, ("big",), things, lambda thing: (thing.big,))
    assert list(scratch.objects.order_by("pk").values_list("pk", "big")) == [
        (thing.id, thing.big) for thing in things
    ]


@pytest.mark.parametrize("count", [1, THOUSANDS])
def test_things_that_bring_their_ids_keep_them(scratch, count):
    things = [Thing(n, pk=5_000_000 - n) for n in range(count)]
    rows.add(scratch, ("big",), things, lambda thing: (thing.big,))
    assert dict(scratch.objects.values_list("pk", "big")) == {5_000_000 - n: n for n in range(count)}


@pytest.mark.parametrize("before", [0, 3])
def test_fresh_ids_are_nobody_else_s(scratch, before):
    """Fetched before the rows are there, by two at once, while others write."""
    scratch.objects.bulk_create(scratch() for _ in range(before))
    mine, yours = rows.fresh_ids(scratch), rows.fresh_ids(scratch)
    taken = [next(mine), next(yours)]
    taken += rows.insert(scratch, ("big",), [(1,), (2,)])
    taken += [next(each) for _ in range(rows.BLOCK + 5) for each in (mine, yours)]
    taken += [scratch.objects.create().pk]
    taken += [next(mine), next(yours)]
    assert len(set(taken)) == len(taken)
    assert set(taken) & set(range(1, before + 1)) == set()
    rows.write(scratch, ("id",), [(next(mine),) for _ in range(before + 1)])
    assert scratch.objects.create().pk not in taken


def test_fresh_ids_are_fetched_a_block_at_a_time(scratch):
    scratch.objects.create()
    ids = rows.fresh_ids(scratch)
    with statements() as seen:
        block = [next(ids) for _ in range(rows.BLOCK)]
    one = 1 if connection.vendor == "postgresql" else 2  # which keeps its last id in a row of its own
    assert len(seen) == one
    assert block == list(range(block[0], block[0] + rows.BLOCK))
    with statements() as seen:
        next(ids)
    assert len(seen) == one


# --- A claim -------------------------------------------------------------------------------------------------------

RECEIPT = ("person_id", "key", "request", "made_at", "body")


def test_a_claim_is_had_by_the_first_and_by_nobody_after(ada, ben):
    mine = rows.claim(Receipt, RECEIPT, (ada.pk, "k", "refund", NOW, ""))
    assert rows.claim(Receipt, RECEIPT, (ada.pk, "k", "purchase", NOW, "other")) is None
    theirs = rows.claim(Receipt, RECEIPT, (ben.pk, "k", "it's \"another's\"", NOW, ""))
    assert list(Receipt.objects.order_by("pk").values_list("pk", "person_id", "request", "status")) == [
        (mine, ada.pk, "refund", None),
        (theirs, ben.pk, "it's \"another's\"", None),
    ]


def test_a_claim_is_one_statement_of_one_text(ada):
    with statements() as seen:
        for key in ("a", "b", "a"):
            rows.claim(Receipt, RECEIPT, (ada.pk, key, "refund", NOW, ""))
    assert len(seen) == 3
    assert len(set(seen)) == 1


def test_a_claim_that_no_law_allows_is_refused_and_not_taken_for_somebody_else_s(ada):
    for broken in ((ada.pk, None, "refund", NOW, ""), (None, "k", "refund", NOW, "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.claim(Receipt, RECEIPT, broken)
    assert not Receipt.objects.exists()
