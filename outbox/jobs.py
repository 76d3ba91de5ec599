"""Work that the clock asks for. A room registers its jobs where it is started; the worker runs each when it is due,
one worker at a time, and a job whose worker died is taken up again after the lease.

A job may run twice: it does what is due and nothing that was done.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from django.db import transaction
from django.utils import timezone

from outbox.models import Job

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=30)
AFTER_AN_ERROR = timedelta(minutes=5)

Act = Callable[[datetime], object]
SomeAct = TypeVar("SomeAct", bound=Callable[[datetime], object])


class Periodic(NamedTuple):
    act: Act
    interval: timedelta


registered: dict[str, Periodic] = {}


def every(**interval: float) -> Callable[[SomeAct], SomeAct]:
    """`@every(hours=1)` above a function that takes `now`; its name is the job's."""

    def register(act: SomeAct) -> SomeAct:
        registered[act.__name__] = Periodic(act, timedelta(**interval))
        return act

    return register


def run_due(*, clock: Callable[[], datetime] = timezone.now, stop: threading.Event | None = None) -> int:
    """Runs each job that is due, once, and returns how many."""
    _make_rows(clock())
    count = 0
    while not (stop and stop.is_set()) and (job := _claim(now=clock())):
        _run(job, now=clock())
        count += 1
    return count


def _make_rows(now: datetime) -> None:
    known = set(Job.objects.values_list("name", flat=True))
    new = [Job(name=name, due_at=now) for name in registered if name not in known]
    if new:
        Job.objects.bulk_create(new, ignore_conflicts=True)


def _claim(*, now: datetime) -> Job | None:
    with transaction.atomic():
        job = Job.objects.next_to_claim(list(registered), now)
        if job is None:
            return None
        job.claimed_until = now + LEASE
        job.save(update_fields=["claimed_until"])
    return job


def _run(job: Job, *, now: datetime) -> None:
    """What the job left unsaid when it failed is in the row, for the desk and for /readyz."""
    periodic = registered[job.name]
    try:
        periodic.act(now)
        error, pause = "", periodic.interval
    except Exception as problem:
        log.exception("The job %s failed.", job.name)
        error, pause = (
            f"{type(problem).__name__}: {problem}"[:2000],
            min(AFTER_AN_ERROR, periodic.interval),
        )
    Job.objects.filter(name=job.name, claimed_until=job.claimed_until).update(
        due_at=now + pause, claimed_until=None, last_run_at=now, last_error=error
    )
