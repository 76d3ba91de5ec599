"""Many rows changed at once: what a later line says of rows that are written already."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def change_rows(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Each row is its id and the new values. Constraints and triggers hold as ever."""
    if connection.vendor == "postgresql":
        _through_a_table(model, columns, rows)
        return
    sets = ", ".join(f"{connection.ops.quote_name(column)} = %s" for column in columns)
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {sets} WHERE id = %s",  # noqa: S608 - names from the models
            ([*map(_plain, row[1:]), row[0]] for row in rows),
        )


def _through_a_table(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    named = ", ".join(quote(column) for column in ("id", *columns))
    sets = ", ".join(f"{quote(column)} = changed.{quote(column)}" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE changed AS SELECT {named} FROM {table} LIMIT 0")  # noqa: S608 - see above
        with cursor.copy(f"COPY changed ({named}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(f"UPDATE {table} SET {sets} FROM changed WHERE {table}.id = changed.id")  # noqa: S608 - see above
        cursor.execute("DROP TABLE changed")


def _plain(value: Any) -> Any:
    return connection.ops.adapt_datetimefield_value(value) if hasattr(value, "tzinfo") else value
