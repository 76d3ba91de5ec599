"""What must be true of the configuration before the store serves anybody: one clear sentence each."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.utils import OperationalError, ProgrammingError

from ground import guards

WEAK = "weak-key-that-only-a-development-machine-may-use"


@register()
def sqlite_protects_money(**_: object) -> list[CheckMessage]:
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    options = database.get("OPTIONS", {})
    start = str(options.get("init_command", "")).replace(" ", "").lower()
    wrong: list[CheckMessage] = []
    if str(options.get("transaction_mode", "")).upper() != "IMMEDIATE":
        wrong.append(
            Error("SQLite needs transaction_mode IMMEDIATE, or two writers lose races.", id="recredit.E001")
        )
    if "journal_mode=wal" not in start:
        wrong.append(Error("SQLite needs journal_mode=WAL, or readers block writers.", id="recredit.E002"))
    if "synchronous=full" not in start:
        wrong.append(
            Error(
                "SQLite needs synchronous=FULL, or a power cut loses acknowledged credits.",
                id="recredit.E003",
            )
        )
    return wrong


@register()
def production_is_closed(**_: object) -> list[CheckMessage]:
    if settings.DEBUG:
        return []
    wrong: list[CheckMessage] = []
    if settings.SECRET_KEY == WEAK and not settings.TESTING:
        wrong.append(
            Error("DEBUG is off and SECRET_KEY is the development key: set your own.", id="recredit.E004")
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        wrong.append(
            Error("ALLOWED_HOSTS must name the hosts of the store, and no wildcard.", id="recredit.E005")
        )
    return wrong


@register()
def doors_open_no_transactions(**_: object) -> list[CheckMessage]:
    if any(database.get("ATOMIC_REQUESTS") for database in settings.DATABASES.values()):
        return [
            Error("ATOMIC_REQUESTS must be off: services open their own transactions.", id="recredit.E006")
        ]
    return []


@register()
def forwarded_addresses_are_counted(**_: object) -> list[CheckMessage]:
    if settings.REST_FRAMEWORK.get("NUM_PROXIES") is None:
        return [Error("X-Forwarded-For is trusted without a count: set TRUSTED_PROXIES.", id="recredit.E007")]
    return []


@register()
def a_credit_has_a_value(**_: object) -> list[CheckMessage]:
    """Tools that verify invoices are told prices in it; a slip would fail each of their questions."""
    try:
        value = Decimal(settings.CREDIT_VALUE)
    except InvalidOperation:
        value = Decimal(-1)
    if value.is_finite() and 0 <= value <= 1_000_000:
        return []
    return [Error("CREDIT_VALUE must be a number, such as 0.01, and at most a million.", id="recredit.E009")]


@register(Tags.database)
def guards_stand(databases: Sequence[str] | None = None, **_: object) -> list[CheckMessage]:
    """Runs where the database is looked at anyway (`migrate`, `check --database default`) and in /readyz."""
    wrong: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        try:
            with connection.cursor() as cursor:
                tables = set(connection.introspection.table_names(cursor))
            gone = [
                name
                for name in guards.missing(connection)
                if any(
                    model._meta.db_table in tables and model._meta.db_table in name
                    for model, _ in guards.guarded()
                )
            ]
        except (OperationalError, ProgrammingError):
            continue  # no database yet: nothing to guard
        if gone:
            wrong.append(
                Error(
                    f"Triggers that protect money rows are missing: {', '.join(gone)}.",
                    hint="Run `manage.py migrate`: it writes them again.",
                    id="recredit.E008",
                )
            )
    return wrong
