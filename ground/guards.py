"""The second wall around money rows: triggers that refuse what no code of ours should ever try.

A model says what may move: `guard = Guard()` takes no UPDATE and no DELETE, `guard = Guard(moves=("balance",))`
lets just those columns change. The table of all guards is read off the models; one idempotent handler writes the
triggers after every migration, because Django's table rebuild on SQLite drops them without a word.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

REFUSAL = "is a money row: it is never edited or deleted"


@dataclass(frozen=True)
class Guard:
    """What a table refuses: every DELETE and TRUNCATE, and every UPDATE but of the columns that move."""

    moves: tuple[str, ...] = ()


def guarded() -> Iterator[tuple[type[Model], Guard]]:
    """The one table of (model, what is refused), in the order of the rooms."""
    for model in apps.get_models():
        guard = getattr(model, "guard", None)
        if isinstance(guard, Guard):
            yield model, guard


def install(connection: BaseDatabaseWrapper, room: AppConfig | None = None) -> None:
    """Writes the triggers of one room, or of all, in one transaction: no moment passes without them."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        for model, guard in guarded():
            if model._meta.db_table in present and room in {None, model._meta.app_config}:
                for statement in _statements(connection, model, guard):
                    cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Takes the triggers away: for the flush between tests and for proofs that the proof works, nowhere else."""
    with connection.cursor() as cursor:
        for name, table in _present(connection):
            on = f" ON {connection.ops.quote_name(table)}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that should stand and do not, by name."""
    here = {name for name, _ in _present(connection)}
    wanted = {name for model, _ in guarded() for name in _names(connection, model)}
    return sorted(wanted - here)


def install_after_migrate(*, sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    install(connections[using], sender)


def _names(connection: BaseDatabaseWrapper, model: type[Model]) -> list[str]:
    acts = ["update", "delete"] + (["truncate"] if connection.vendor == "postgresql" else [])
    return [f"guard_{model._meta.db_table}_{act}" for act in acts]


def _present(connection: BaseDatabaseWrapper) -> list[tuple[str, str]]:
    if connection.vendor == "postgresql":
        query = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND starts_with(tgname, 'guard_')"
        )
    else:
        query = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%' ESCAPE '\\'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _statements(connection: BaseDatabaseWrapper, model: type[Model], guard: Guard) -> Iterator[str]:
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    fixed = [quote(str(each.column)) for each in model._meta.concrete_fields if each.name not in guard.moves]
    update, delete, *truncate = _names(connection, model)
    said = f"'{model._meta.db_table} {REFUSAL}'"
    if connection.vendor == "postgresql":
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in fixed)
        yield (
            "CREATE OR REPLACE FUNCTION guard_refuses() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '% {REFUSAL}', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; "
            "END $$"
        )
        yield f"DROP TRIGGER IF EXISTS {update} ON {table}"
        yield f"DROP TRIGGER IF EXISTS {delete} ON {table}"
        yield f"DROP TRIGGER IF EXISTS {truncate[0]} ON {table}"
        run = "EXECUTE FUNCTION guard_refuses()"
        yield f"CREATE TRIGGER {update} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) {run}"
        yield f"CREATE TRIGGER {delete} BEFORE DELETE ON {table} FOR EACH ROW {run}"
        yield f"CREATE TRIGGER {truncate[0]} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {run}"
    else:
        changed = " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in fixed)
        abort = f"BEGIN SELECT RAISE(ABORT, {said}); END"
        yield f"DROP TRIGGER IF EXISTS {update}"
        yield f"DROP TRIGGER IF EXISTS {delete}"
        yield f"CREATE TRIGGER {update} BEFORE UPDATE ON {table} WHEN {changed} {abort}"
        yield f"CREATE TRIGGER {delete} BEFORE DELETE ON {table} {abort}"
