"""How an act is carried out: wholly or not at all, and never waiting without an end.

A service is a shell around an inner function. The shell opens the transaction; doors never do.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, transaction

from ground.laws import LawBroken
from ground.refusals import Busy

T = TypeVar("T")
TRIES = 3
RETRIED = {"40001", "40P01"}  # serialization failure, deadlock
LOCK_NOT_AVAILABLE = "55P03"  # within lock_timeout


def in_transaction(act: Callable[[], T]) -> T:
    """Runs `act` in a transaction of its own. Deadlocks are tried again; a lock not had in time is `Busy`."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic(durable=True):
                return act()
        except OperationalError as error:
            state = sqlstate(error)
            if state in RETRIED and attempt < TRIES:
                continue
            if state in {*RETRIED, LOCK_NOT_AVAILABLE} or "database is locked" in str(error):
                raise Busy from error
            raise
    raise LawBroken("every try either returns or raises")


def sqlstate(error: OperationalError) -> str | None:
    """PostgreSQL's code for what went wrong; SQLite has none."""
    return getattr(error.__cause__, "sqlstate", None)
