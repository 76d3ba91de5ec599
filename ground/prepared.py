"""Querysets whose SQL text is built once.

The ORM builds the text of a query anew each time, which on a hot path costs several times what the server needs for
it. A prepared query is an ordinary queryset of `values_list` with a name in the place of each value: built at its first
use, then only run.

    OPEN_LOTS = Prepared(lambda: Lot.objects.filter(wallet__among=Given("wallets")).values_list("id", "remaining"))
    OPEN_LOTS(wallets=[7, 9])
"""

import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, Lookup, Model, QuerySet, Value
from django.db.models.fields.related import ForeignObject
from django.db.models.sql.compiler import SQLCompiler
from psycopg.types.numeric import Int8

from ground.laws import law

SomeModel = TypeVar("SomeModel", bound=Model)
Converters = dict[int, tuple[list[Callable[..., object]], Expression]]
Made = tuple[SQLCompiler, str, Sequence[Any], Converters]


class Given(Value):
    """The place of a value that is known only when the query is run."""

    def __init__(self, name: str) -> None:
        super().__init__(name)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        return "%s", [self]


@ForeignObject.register_lookup  # whose lookups are a list of their own
@Field.register_lookup
class Among(Lookup):
    """Like `in`, with one parameter however many values there are, so that the text stays the same."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        left, parameters = self.process_lhs(compiler, connection)
        right, values = self.process_rhs(compiler, connection)
        one_of = (
            f"= ANY({right})"
            if connection.vendor == "postgresql"
            else f"IN (SELECT value FROM json_each({right}))"  # noqa: S608 - a placeholder
        )
        return f"{left} {one_of}", [*parameters, *values]


class Prepared:
    """A queryset with `Given` values. Calling it with them brings its rows, as tuples.

    `lock` names the model whose rows stay locked until the transaction ends; those that are joined to it do not. (The
    ORM's own `select_for_update(of=…)` brings models only.) SQLite has no row locks: there writers queue.
    """

    def __init__(
        self, build: Callable[[], "QuerySet[Model, object]"], *, lock: type[Model] | None = None
    ) -> None:
        self._build = build
        self._lock = lock
        self._made: Made | None = None

    def __call__(self, **values: object) -> list[Any]:
        law(self._lock is None or connection.in_atomic_block, "rows are locked inside a transaction")
        compiler, sql, parameters, converters = self._made or self._make()
        given = [_plain(values[each.value]) if isinstance(each, Given) else each for each in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, given)
            rows: list[Any] = cursor.fetchall()
        if not converters:
            return rows
        return [tuple(row) for row in compiler.apply_converters(rows, converters)]

    def _make(self) -> Made:
        compiler = self._build().query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        if self._lock and connection.vendor == "postgresql":
            sql = f"{sql} FOR UPDATE OF {connection.ops.quote_name(self._lock._meta.db_table)}"
        converters = compiler.get_converters([each for each, *_ in compiler.select])
        self._made = (compiler, sql, tuple(parameters), converters)
        return self._made


@cache
def columns(model: type[Model], *, of: str = "") -> tuple[str, ...]:
    """All columns of a model, as `values_list` names them; `of` names it where it is reached by a foreign key."""
    return tuple(f"{of}__{field.attname}" if of else field.attname for field in model._meta.concrete_fields)


def as_model(model: type[SomeModel], row: Sequence[object]) -> SomeModel:
    """A row of all columns of a model as the model."""
    return model.from_db(connection.alias, columns(model), row)


def _plain(value: Any) -> Any:
    """As the database takes it."""
    many = isinstance(value, Collection) and not isinstance(value, str | bytes)
    if connection.vendor == "postgresql":
        # An integer says how wide it is: else psycopg picks the narrowest type, and each is prepared anew.
        if many:
            return [Int8(each) if type(each) is int else each for each in value]
        return Int8(value) if type(value) is int else value
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return json.dumps(list(value)) if many else value
