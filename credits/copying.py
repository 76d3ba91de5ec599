"""Many rows at once, past the ORM: COPY on PostgreSQL, one prepared INSERT on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model

BLOCK = 1000


def copy_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Writes tuples into the model's table. Constraints and triggers hold as ever; signals and defaults do not run."""
    quote = connection.ops.quote_name
    target = f"{quote(model._meta.db_table)} ({', '.join(quote(column) for column in columns)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {target} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(columns))
            insert = f"INSERT INTO {target} VALUES ({marks})"  # noqa: S608 - names from the models
            cursor.executemany(insert, map(_plain, rows))  # type: ignore[arg-type]  # an iterator does as well


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


def _plain(row: Sequence[Any]) -> list[Any]:
    return [
        connection.ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
        for value in row
    ]
