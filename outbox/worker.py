"""The worker: claims letters with a lease, sends them outside any transaction, and runs the jobs that are due.

A claim counts the attempt, and the count is the claim's token: whoever finishes a letter must still hold the attempt
it began with. So a worker that slept past its lease cannot mark what another has taken over.
"""

import logging
import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import close_old_connections, connection, models, transaction
from django.utils import timezone

from outbox import acts, jobs
from outbox.models import Message
from outbox.rendering import as_mail

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
IDLE_SECONDS = 1.0
TROUBLE_SECONDS = 5.0

Clock = Callable[[], datetime]


class NotTaken(Exception):
    """The letter did not leave, and nobody raised anything that says why."""


def work(stop: threading.Event, *, clock: Clock = timezone.now) -> None:
    """Until told to stop. Nothing that goes wrong with one letter, one job or the database ends the worker."""
    while not stop.is_set():
        try:
            busy = jobs.run_due(clock=clock, stop=stop) + empty(stop, clock=clock)
            pause = 0.0 if busy else IDLE_SECONDS
        except Exception:
            log.exception("The worker met trouble and goes on in a moment.")
            connection.close()
            pause = TROUBLE_SECONDS
        close_old_connections()
        stop.wait(pause)


def empty(stop: threading.Event, *, clock: Clock = timezone.now) -> int:
    """Sends what is due, one after the other, and returns how many letters that were. One that fails is due later."""
    delivery, count = get_connection(settings.DELIVERY_BACKEND), 0
    try:
        while not stop.is_set() and (message := claim(now=clock())):
            count += send(message, delivery, clock=clock)
    finally:
        delivery.close()
    return count


def claim(*, now: datetime) -> Message | None:
    """The next letter, ours until the lease is over. Several workers never claim the same one."""
    with transaction.atomic():
        message = Message.objects.next_to_claim(now)
        if message is None:
            return None
        message.attempts += 1
        message.claimed_until = now + LEASE
        message.save(update_fields=["attempts", "claimed_until"])
    return message


def send(message: Message, delivery: BaseEmailBackend, *, clock: Clock = timezone.now) -> bool:
    """One letter, and the note of how it went. No transaction is open while the mail server thinks."""
    try:
        if message.attempts > MOST_ATTEMPTS:
            raise NotTaken("every worker that tried it died")  # noqa: TRY301 - one place notes every failure
        if acts.is_act(message):
            acts.write_letters(message)
            return False
        mail = as_mail(message)
        mail.connection = delivery
        if not mail.send():
            raise NotTaken("the mail server took no letter")  # noqa: TRY301 - one place notes every failure
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one letter, the next one goes out
        delivery.close()
        _note_failure(message, error, now=clock())
        return False
    _held(message).update(sent_at=clock(), claimed_until=None, last_error="")
    return True


def pause_after(attempts: int) -> timedelta:
    """Twice as long each time, with chance in it, so that a thousand letters do not all knock again at once."""
    steady = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return steady * random.uniform(0.5, 1.5)  # noqa: S311 - spreads load, guards nothing


def _note_failure(message: Message, error: Exception, *, now: datetime) -> None:
    log.warning("Letter %s failed at attempt %d: %s", message.pk, message.attempts, type(error).__name__)
    dead = message.attempts >= MOST_ATTEMPTS
    _held(message).update(
        due_at=now + pause_after(message.attempts),
        claimed_until=None,
        dead_at=now if dead else None,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


def _held(message: Message) -> "models.QuerySet[Message]":
    return Message.objects.filter(pk=message.pk, attempts=message.attempts, sent_at=None)
