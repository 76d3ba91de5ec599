"""How an act is carried out: wholly or not at all, once per key, and never waiting without an end.

A service is a durable shell around an inner function. The shell is here; doors never open transactions.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import OperationalError, connection, transaction

from accounts.models import Receipt, User
from accounts.refusals import Busy, InProgress, KeyReused, Refusal
from ground import rows
from ground.laws import LawBroken

T = TypeVar("T")
TRIES = 3
RETRIED = {"40001", "40P01"}  # serialization failure, deadlock
RECEIPT = ("person_id", "key", "request", "made_at", "body")
NOT_HAD = {"55P03"}  # lock not available within lock_timeout


@dataclass(frozen=True, kw_only=True)
class Asking:
    """One request under its key: who asks, what exactly, when it was received, through which door.

    `write` is how the door words an outcome or a refusal that settles, as (status, body): what a twin is told again.
    `for_good` keeps the receipt for ever, as another shop's references need.
    """

    person: User
    key: str
    what: str
    now: datetime
    door: str
    write: Callable[[object], tuple[int, str]]
    for_good: bool = False


@dataclass(frozen=True)
class Answer:
    """What the request was told. `outcome` is the fresh result or the refusal; a replayed answer has none."""

    status: int
    body: str
    outcome: object = None
    replayed: bool = False


def digest_of(*parts: str) -> str:
    """The fingerprint of a request: its route and its body, each with its length so that no two read alike."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()


def durably(act: Callable[[], T]) -> T:
    """Runs `act` in a transaction of its own. Deadlocks are tried again; a lock not had in time is `Busy`."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic(durable=True):
                return act()
        except OperationalError as error:
            if _state(error) in RETRIED and attempt < TRIES:
                continue
            if _waited_in_vain(error) or _state(error) in RETRIED:
                raise Busy from error
            raise
    raise LawBroken("every try either returns or raises")


def once(asking: Asking, act: Callable[[], object]) -> Answer:
    """Runs `act` for this key, or gives the answer that the key already has."""

    def settle() -> Answer:
        receipt = _claim(asking)
        if receipt is None:
            return _answered_before(asking)
        try:
            outcome = act()
        except Refusal as refusal:
            if not refusal.settles:
                raise
            outcome = refusal
        status, body = asking.write(outcome)
        keep_until = None if asking.for_good else asking.now + timedelta(days=settings.RECEIPT_DAYS)
        rows.update(Receipt, ("status", "body", "keep_until"), [(receipt, status, body, keep_until)])
        return Answer(status, body, outcome)

    return durably(settle)


def _claim(asking: Asking) -> int | None:
    """Makes the receipt's row, or waits for the twin that made it first."""
    try:
        return rows.claim(Receipt, RECEIPT, (asking.person.pk, asking.key, asking.what, asking.now, ""))
    except OperationalError as error:
        if connection.vendor == "postgresql" and _state(error) in NOT_HAD:
            raise InProgress from error
        raise


def _answered_before(asking: Asking) -> Answer:
    """What the twin was told."""
    found = Receipt.objects.get(person=asking.person, key=asking.key)
    if found.request != asking.what:
        raise KeyReused
    if found.status is None:
        raise InProgress
    return Answer(found.status, found.body, replayed=True)


def _state(error: OperationalError) -> str | None:
    return getattr(error.__cause__, "sqlstate", None)


def _waited_in_vain(error: OperationalError) -> bool:
    return _state(error) in NOT_HAD or "database is locked" in str(error)
