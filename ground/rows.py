"""Many rows in one statement: insert, update by key, copy.

The text of a statement depends on the table and its columns alone, never on the number of rows, for all of them go in
as one JSON text. So a statement is prepared once and not built anew, and one row costs what a thousand rows cost: one
round trip. Constraints and triggers hold as ever; signals and defaults do not run.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Model

from ground.laws import law


class Keyed(Protocol):
    id: Any  # of a model, or of a plain value that may have none yet


Thing = TypeVar("Thing", bound=Keyed)
Rows = Iterable[Sequence[object]]
BLOCK = 1_000  # ids fetched at once
MANY = 2_000  # rows from which on copying is quicker
# What each kind of field is passed as: every integer as the widest, and text without an end that would cut it off.
TYPES = {
    "BigAutoField": "bigint",
    "BigIntegerField": "bigint",
    "BinaryField": "bytea",
    "BooleanField": "boolean",
    "CharField": "text",
    "DateTimeField": "timestamptz",
    "EmailField": "text",
    "FileField": "text",
    "ForeignKey": "bigint",
    "JSONField": "jsonb",
    "OneToOneField": "bigint",
    "PositiveBigIntegerField": "bigint",
    "PositiveIntegerField": "bigint",
    "PositiveSmallIntegerField": "bigint",
    "SlugField": "text",
    "TextField": "text",
    "UUIDField": "uuid",
}


def insert(model: type[Model], columns: Sequence[str], rows: Rows) -> list[int]:
    """Writes new rows and returns their ids, in the order of the rows."""
    given = list(rows)
    if not given:
        return []
    with connection.cursor() as cursor:
        returning = f"{_insert(model, tuple(columns))} RETURNING {_quoted(_key(model))}"
        cursor.execute(returning, _parameters(model, columns, given))
        # Ids are given in the order in which the rows are read, whatever the order in which they are returned.
        return sorted(pk for (pk,) in cursor.fetchall())


def claim(model: type[Model], columns: Sequence[str], row: Sequence[object]) -> int | None:
    """Writes the row and returns its id, unless one of the same key is there: then None, once that one is settled."""
    with connection.cursor() as cursor:
        statement = (
            f"{_insert(model, tuple(columns))} ON CONFLICT DO NOTHING RETURNING {_quoted(_key(model))}"
        )
        cursor.execute(statement, _parameters(model, columns, [row]))
        written = cursor.fetchone()
    return written[0] if written else None


def write(model: type[Model], columns: Sequence[str], rows: Rows) -> None:
    """New rows whose ids nobody asks for, or that bring theirs: by the thousand they are copied."""
    given = list(rows)
    if len(given) >= MANY:
        copy(model, columns, given)
    elif given:
        with connection.cursor() as cursor:
            cursor.execute(_insert(model, tuple(columns)), _parameters(model, columns, given))


def add(
    model: type[Model],
    columns: Sequence[str],
    things: Collection[Thing],
    row: Callable[[Thing], Sequence[object]],
) -> None:
    """New things as rows. Those that had no id yet have one now; in a load they have theirs beforehand."""
    first = next(iter(things), None)
    if first is None:
        return
    if first.id is not None:
        write(model, ("id", *columns), ((thing.id, *row(thing)) for thing in things))
        return
    for thing, pk in zip(things, insert(model, columns, map(row, things)), strict=True):
        thing.id = pk


def update(model: type[Model], columns: Sequence[str], rows: Rows) -> None:
    """Each row is its key and the new values of `columns`. Every row must be there."""
    given = list(rows)
    if not given:
        return
    named = (_key(model), *columns)
    with connection.cursor() as cursor:
        cursor.execute(_update(model, named), _parameters(model, named, given))
        law(cursor.rowcount == len(given), f"every row of {model.__name__} that changes is there, once")


def copy(model: type[Model], columns: Sequence[str], rows: Rows) -> None:
    """Writes new rows by the thousand: COPY on PostgreSQL, one prepared INSERT on SQLite."""
    target = f"{_table(model)} ({', '.join(map(_quoted, columns))})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Django wraps what a statement raises, but not what a stream does.
            with connection.wrap_database_errors, cursor.copy(f"COPY {target} FROM STDIN") as stream:
                for row in _spelled(model, columns, rows):
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
    """A SELECT of the rows that come as parameter."""
    names = [_quoted(column) for column in columns]
    if connection.vendor == "postgresql":
        typed = ", ".join(f"c{place} {_type(model, column)}" for place, column in enumerate(columns))
        values = ", ".join(f"c{place} AS {name}" for place, name in enumerate(names))
        return f"SELECT {values} FROM json_to_recordset(%s::json) AS given ({typed})"  # noqa: S608 - names from the models
    values = ", ".join(f"json_extract(value, '$[{place}]') AS {name}" for place, name in enumerate(names))
    # LIMIT keeps the planner from reading the text anew for each row of the table.
    return f"SELECT {values} FROM json_each(%s) LIMIT -1"  # noqa: S608 - names from the models


def _parameters(model: type[Model], columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    law(all(len(row) == len(columns) for row in rows), "a row has one value for each column")
    if connection.vendor == "postgresql":
        keys = [f"c{place}" for place in range(len(columns))]
        given: Sequence[object] = [dict(zip(keys, row, strict=True)) for row in rows]
    else:
        # JSON inside of JSON stays text there.
        given = [[_text(value) for value in row] for row in rows]
    return [json.dumps(given, ensure_ascii=False, default=_plain)]


@cache
def _type(model: type[Model], column: str) -> str:
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    return TYPES[field.get_internal_type()]


def _spelled(model: type[Model], columns: Sequence[str], rows: Rows) -> Rows:
    """Rows for a stream, which knows of no JSON."""
    if not any(_type(model, column) == "jsonb" for column in columns):
        return rows
    return ([_text(value) for value in row] for row in rows)


def _text(value: object) -> object:
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value.hex if isinstance(value, UUID) else value


def _plain(value: object) -> object:
    """What JSON does not know, and an instant as SQLite keeps it."""
    if isinstance(value, datetime):
        return str(connection.ops.adapt_datetimefield_value(value))
    return _text(value)


def _key(model: type[Model]) -> str:
    return str(model._meta.pk.column)


def _table(model: type[Model]) -> str:
    return _quoted(model._meta.db_table)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
