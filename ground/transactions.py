"""How an act is carried out: wholly or not at all, never waiting without an end; and how several statements read one state.

A service is a shell around an inner function. The shell opens the transaction; doors never do.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar, cast

from django.db import InterfaceError, OperationalError, connection, transaction

from ground.laws import LawBroken
from ground.refusals import Busy

T = TypeVar("T")
TRIES = 3
RETRIED = {"40001", "40P01"}  # serialization failure, deadlock
LOCK_NOT_AVAILABLE = "55P03"  # within lock_timeout


class OutcomeUnknown(Exception):
    """The database was told to keep an act, and its answer was lost. No refusal: the act may have happened, and whoever
    asks again with the same key hears which."""


def in_transaction(act: Callable[[], T]) -> T:
    """Runs `act` in a transaction of its own. Deadlocks are tried again; a lock not had in time is `Busy`; a COMMIT whose
    answer is lost is `OutcomeUnknown`, for the act may have happened."""
    for attempt in range(1, TRIES + 1):
        committing = False
        try:
            with transaction.atomic(durable=True):
                result = act()
                committing = True
        except (OperationalError, InterfaceError) as error:
            state = sqlstate(error)
            if state in RETRIED and attempt < TRIES:
                continue
            if state in {*RETRIED, LOCK_NOT_AVAILABLE} or "database is locked" in str(error):
                raise Busy from error
            if committing:
                raise OutcomeUnknown from error
            raise
        else:
            return result
    raise LawBroken("every try either returns or raises")


def sqlstate(error: Exception) -> str | None:
    """PostgreSQL's code for what went wrong; SQLite has none."""
    return getattr(error.__cause__, "sqlstate", None)


@contextmanager
def snapshot() -> Iterator[None]:
    """Reads one state of the store, however many statements it takes; writers are not kept waiting, nothing is written."""
    if connection.in_atomic_block:  # what the caller's own transaction sees is what counts
        yield
    elif connection.vendor == "postgresql":
        with _one_state_on_postgresql():
            yield
    else:
        with _deferred_on_sqlite():
            yield


@contextmanager
def _one_state_on_postgresql() -> Iterator[None]:
    from psycopg import IsolationLevel

    connection.ensure_connection()
    session = connection.connection
    # Said with BEGIN, so that it costs no statement of its own.
    session.isolation_level, session.read_only = IsolationLevel.REPEATABLE_READ, True
    try:
        with transaction.atomic():
            yield
    finally:
        if not session.closed:
            session.isolation_level, session.read_only = None, None


class SQLite(Protocol):
    """What Django's connection to SQLite has beside that of others."""

    transaction_mode: str


@contextmanager
def _deferred_on_sqlite() -> Iterator[None]:
    """The settings begin every transaction IMMEDIATE, as writers must; a reader takes no lock."""
    sqlite = cast(SQLite, connection)
    usual, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
    try:
        with transaction.atomic():
            sqlite.transaction_mode = usual
            yield
    finally:
        sqlite.transaction_mode = usual
