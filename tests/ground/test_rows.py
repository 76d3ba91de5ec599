"""Many rows in one statement: whatever goes in comes out, by the same statement for one row and for thousands."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from credits.models import Kind, Lot
from ground import rows
from outbox.models import Message
from tests.ground.scratch import COLUMNS, FULL, HARD, NOTHING, WRITERS, statements
from tests.world import NOW

pytestmark = pytest.mark.django_db
ROOMS = ("ground", "accounts", "outbox", "credits", "storefront", "refunds")
THOUSANDS = 3_000


def stored(model, columns=COLUMNS):
    return list(model.objects.order_by("pk").values_list(*columns))


# --- What goes in comes out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_every_type_of_column_comes_back_as_it_went(scratch, write):
    write(scratch, COLUMNS, HARD)
    assert stored(scratch) == HARD


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("row", [FULL, NOTHING], ids=["full", "of nothing"])
def test_one_row_alone_comes_back_as_it_went(scratch, write, row):
    """Types are told by the columns, not by what is in them."""
    write(scratch, COLUMNS, [row])
    assert stored(scratch) == [row]


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_what_is_written_is_what_the_orm_would_have_written(scratch, write):
    scratch.objects.bulk_create(scratch(**dict(zip(COLUMNS, row, strict=True))) for row in HARD)
    scratch.objects.filter(big=None).update(file=None)  # which the ORM would rather keep as an empty text
    by_orm = raw(scratch)
    scratch.objects.all().delete()
    write(scratch, COLUMNS, HARD)
    assert raw(scratch) == by_orm


def raw(model):
    """As the server keeps it; but how a JSON text is spaced and spelled means nothing."""
    columns = ", ".join(map(connection.ops.quote_name, COLUMNS))
    data = COLUMNS.index("data")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} ORDER BY id")  # noqa: S608 - names of ours
        return [
            (*row[:data], row[data] and json.loads(row[data]), *row[data + 1 :]) for row in cursor.fetchall()
        ]


def test_bytes_are_copied(scratch):
    given = [(None,), (b"",), (bytes(range(256)) * 10,)]
    rows.copy(scratch, ("bytes",), given)
    assert [kept if kept is None else bytes(kept) for (kept,) in stored(scratch, ("bytes",))] == [
        each for (each,) in given
    ]


def test_no_table_of_the_project_has_a_column_that_is_not_tried_here(scratch):
    tried = {field.get_internal_type() for field in scratch._meta.concrete_fields}
    used = {
        field.target_field.get_internal_type() if field.is_relation else field.get_internal_type()
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.concrete_fields
        # A foreign key is as wide as what it names.
    }
    assert used <= tried


def test_a_choice_is_its_value_beside_plain_text(ada):
    columns = ("wallet_id", "kind", "issued", "remaining", "source", "created_at")
    rows.insert(Lot, columns, [(ada.pk, kind, 5, 5, "x", NOW) for kind in (Kind.PROMO, "paid")])
    assert list(Lot.objects.order_by("id").values_list("kind", flat=True)) == ["promo", "paid"]


@pytest.mark.parametrize("count", [1, THOUSANDS])
def test_a_letter_s_plain_data_is_written_by_the_thousand_too(count):
    columns = ("id", "template", "data", "to", "queued_at", "due_at", "attempts", "last_error")
    given = [
        (Message().pk, "refund", {"id": n}, "", NOW, NOW + timedelta(seconds=n), 0, "") for n in range(count)
    ]
    rows.write(Message, columns, given)
    kept = Message.objects.order_by("due_at").values_list("id", "data")
    assert list(kept) == [(row[0], row[2]) for row in given]


# --- One statement -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("columns", [COLUMNS, ("big",)], ids=["all columns", "one column"])
def test_one_row_and_thousands_are_the_same_statement(scratch, columns):
    wide = len(columns)
    said = []
    for count in (1, 2, THOUSANDS):
        with statements() as seen:
            ids = rows.insert(scratch, columns, [FULL[:wide]] * count)
            rows.update(scratch, columns, [(pk, *NOTHING[:wide]) for pk in ids])
        said.append(seen)
    assert len(said[0]) == 2
    assert said == [said[0]] * 3


@pytest.mark.parametrize("count", [1, rows.MANY - 1])
def test_rows_whose_ids_nobody_asks_for_are_one_statement_too(scratch, count):
    with statements() as seen:
        rows.write(scratch, COLUMNS, [FULL] * count)
    assert len(seen) == 1
    assert scratch.objects.count() == count


@pytest.mark.postgres
def test_the_server_prepares_a_statement_once_however_wide_its_numbers_are(scratch):
    for n, number in enumerate((1, 2**20, 2**40, 5, None, 2**62, 3, 2**17, 4, 2**33)):
        (pk,) = rows.insert(scratch, ("big", "chars"), [(number, None if n % 2 else "x")])
        rows.update(scratch, ("big",), [(pk, number)])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT statement) FROM pg_prepared_statements "
            "WHERE statement LIKE '%%ground_scratch%%'"
        )
        assert cursor.fetchone() == (2, 2)
