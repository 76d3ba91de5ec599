"""How an act is repeated safely: once per key. Whoever asks again with the key gets the answer of the first time."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.conf import settings
from django.db import OperationalError
from django.db.models import Model

from ground import rows
from ground.models import Receipt
from ground.refusals import InProgress, KeyReused, Refusal
from ground.transactions import LOCK_NOT_AVAILABLE, in_transaction, sqlstate

Person = TypeVar("Person", bound=Model)
RECEIPT = ("person_id", "key", "request", "made_at", "body")


@dataclass(frozen=True, kw_only=True)
class Asking(Generic[Person]):
    """One request under its key: who asks, what exactly, when it was received, through which door.

    `write` is how the door words an outcome or a refusal that settles, as (status, body): what a twin is told again.
    `for_good` keeps the receipt for ever, as another shop's references need.
    """

    person: Person
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


def idempotently(asking: Asking[Person], act: Callable[[], object]) -> Answer:
    """Runs `act` for this key, or gives the answer that the key already has."""

    def act_once() -> Answer:
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

    return in_transaction(act_once)


def answer_given(*, person_id: int, key: str, what: str) -> Answer | None:
    """What a request under this key was told, if it was told anything: looked for before anything else is."""
    receipt = Receipt.objects.filter(person_id=person_id, key=key, request=what, status__isnull=False).first()
    return Answer(receipt.status or 0, receipt.body, replayed=True) if receipt else None


def _claim(asking: Asking[Person]) -> int | None:
    """Makes the receipt's row, or waits for the twin that made it first."""
    try:
        return rows.claim(Receipt, RECEIPT, (asking.person.pk, asking.key, asking.what, asking.now, ""))
    except OperationalError as error:
        if sqlstate(error) == LOCK_NOT_AVAILABLE:
            raise InProgress from error
        raise


def _answered_before(asking: Asking[Person]) -> Answer:
    """What the twin was told."""
    receipt = Receipt.objects.get(person_id=asking.person.pk, key=asking.key)
    if receipt.request != asking.what:
        raise KeyReused
    if receipt.status is None:
        raise InProgress
    return Answer(receipt.status, receipt.body, replayed=True)
