"""Many rows in one statement: insert, update by key, copy.

The text of a statement depends on the table and its columns alone, never on the number of rows: PostgreSQL takes
the columns as arrays, SQLite takes all rows as one JSON text. So a statement is prepared once and not built anew,
and one row costs what a thousand rows cost: one round trip. Constraints and triggers hold as ever; signals and
defaults do not run.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field, Model
from psycopg.types.numeric import Int8

from ground.laws import law

Rows = Iterable[Sequence[Any]]
BLOCK = 1_000  # ids fetched at once
TYPES = {
    "BigIntegerField": "bigint",
    "BinaryField": "bytea",
    "BooleanField": "boolean",
    "CharField": "text",
    "DateTimeField": "timestamptz",
    "EmailField": "text",
    "JSONField": "jsonb",
    "SlugField": "text",
    "TextField": "text",
    "UUIDField": "uuid",
}
INTEGERS = ("bigint",)


def insert(model: type[Model], columns: Sequence[str], rows: Rows) -> list[int]:
    """Writes new rows and returns their ids, in the order of the rows; none where `columns` names the id itself."""
    given = list(rows)
    if not given:
        return []
    key = model._meta.pk.column
    returning = "" if key in columns else f" RETURNING {_quoted(key)}"
    with connection.cursor() as cursor:
        cursor.execute(_insert(model, tuple(columns)) + returning, _parameters(model, columns, given))
        # Ids are given in the order in which the rows are read, whatever the order in which they are returned.
        return sorted(pk for (pk,) in cursor.fetchall()) if returning else []


def update(model: type[Model], columns: Sequence[str], rows: Rows) -> None:
    """Each row is its key and the new values of `columns`. Every row must be there."""
    given = list(rows)
    if not given:
        return
    named = (model._meta.pk.column, *columns)
    with connection.cursor() as cursor:
        cursor.execute(_update(model, named), _parameters(model, named, given))
        law(cursor.rowcount == len(given), f"every row of {model.__name__} that changes is there, once")


def copy(model: type[Model], columns: Sequence[str], rows: Rows) -> None:
    """Writes new rows by the thousand: COPY on PostgreSQL, one prepared INSERT on SQLite."""
    target = f"{_table(model)} ({', '.join(map(_quoted, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as stream:
                for row in rows:
                    stream.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            plain = ([_plain(value) for value in row] for row in rows)
            cursor.executemany(f"INSERT INTO {target} VALUES ({marks})", plain)  # type: ignore[arg-type] # noqa: S608 - names from the models; an iterator does as well


def fresh_ids(model: type[Model]) -> Iterator[int]:
    """Ids that nobody else will get, fetched a block at a time, so that rows can name one another before they are
    written."""
    while True:
        yield from _reserve(model._meta.db_table)


def _reserve(table: str) -> Sequence[int]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, BLOCK]
            )
            return [number for (number,) in cursor.fetchall()]
        # SQLite keeps the last id of each table in a row of its own: moving it on reserves what lies between.
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = row[0] if row else 0
        change = (
            "UPDATE sqlite_sequence SET seq = %s WHERE name = %s"
            if row
            else "INSERT INTO sqlite_sequence (seq, name) VALUES (%s, %s)"
        )
        cursor.execute(change, [last + BLOCK, table])
        return range(last + 1, last + BLOCK + 1)


@cache
def _insert(model: type[Model], columns: tuple[str, ...]) -> str:
    named = ", ".join(map(_quoted, columns))
    return f"INSERT INTO {_table(model)} ({named}) {_given(model, columns)}"


@cache
def _update(model: type[Model], columns: tuple[str, ...]) -> str:
    table, (key, *changed) = _table(model), columns
    sets = ", ".join(f"{_quoted(column)} = new.{_quoted(column)}" for column in changed)
    given = _given(model, columns)
    return (
        f"UPDATE {table} SET {sets} FROM ({given}) AS new WHERE {table}.{_quoted(key)} = new.{_quoted(key)}"  # noqa: S608 - names from the models
    )


def _given(model: type[Model], columns: Sequence[str]) -> str:
    """A SELECT of the rows that come as parameters."""
    if connection.vendor == "postgresql":
        types = [_type(model, column) for column in columns]
        arrays = ", ".join(f"%s::{'text' if kind in {'jsonb', 'uuid'} else kind}[]" for kind in types)
        named = ", ".join(map(_quoted, columns))
        values = ", ".join(
            f"{_quoted(column)}::{kind} AS {_quoted(column)}"
            for column, kind in zip(columns, types, strict=True)
        )
        return f"SELECT {values} FROM unnest({arrays}) AS given ({named})"  # noqa: S608 - names from the models
    values = ", ".join(
        f"json_extract(value, '$[{place}]') AS {_quoted(column)}" for place, column in enumerate(columns)
    )
    # LIMIT keeps the planner from reading the text anew for each row of the table.
    return f"SELECT {values} FROM json_each(%s) LIMIT -1"  # noqa: S608 - names from the models


def _parameters(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Any]:
    if connection.vendor != "postgresql":
        return [json.dumps([[_plain(value) for value in row] for row in rows], ensure_ascii=False)]
    wide = [_type(model, column) in INTEGERS for column in columns]
    # An integer says how wide it is: else psycopg picks the narrowest type, and prepares one statement for each.
    return [
        [None if value is None else Int8(value) for value in values]
        if is_wide
        else [_text(value) for value in values]
        for is_wide, values in zip(wide, zip(*rows, strict=True), strict=True)
    ]


@cache
def _type(model: type[Model], column: str) -> str:
    """The type of a column; every integer is as wide as the widest, and text has no end that would cut it off."""
    field: Field[Any, Any] = next(field for field in model._meta.concrete_fields if field.column == column)
    return TYPES.get(field.get_internal_type(), "bigint")


def _text(value: Any) -> Any:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return value.hex if isinstance(value, UUID) else value


def _plain(value: Any) -> Any:
    """As SQLite keeps it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return _text(value)


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
