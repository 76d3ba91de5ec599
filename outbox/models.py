"""Letters that wait, were sent, or died; and the jobs that run by the clock."""

import uuid
from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def _free(now: datetime) -> models.Q:
    """Held by nobody, or by a worker whose lease is over: it died, or is so late that it lost its claim."""
    return models.Q(claimed_until=None) | models.Q(claimed_until__lte=now)


class MessageQuerySet(models.QuerySet["Message"]):
    def letters(self) -> Self:
        """Without the acts whose letters are still to be written."""
        return self.exclude(to="")

    def next_to_claim(self, now: datetime) -> "Message | None":
        """Locked until the caller's transaction ends. On PostgreSQL a row that another worker is just claiming is
        passed over; on SQLite there is one writer at a time anyway."""
        waiting = self.filter(_free(now), due_at__lte=now, sent_at=None, dead_at=None)
        return waiting.select_for_update(of=("self",), skip_locked=True).order_by("due_at").first()


class JobQuerySet(models.QuerySet["Job"]):
    def next_to_claim(self, names: list[str], now: datetime) -> "Job | None":
        due = self.filter(_free(now), name__in=names, due_at__lte=now)
        return due.select_for_update(of=("self",), skip_locked=True).order_by("due_at").first()


class Message(models.Model):
    """One letter: a template's name and plain data, rendered when it is sent, never inside a transaction. Or an act whose
    letters the worker is still to write: then `template` names the act and `data` the row that it is about."""

    # The id is the letter's Message-Id too, so that one sent twice after a crash is recognised as one.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.CharField(max_length=100)
    data = models.JSONField(default=dict)
    to = models.EmailField(blank=True, help_text=_("empty: an act whose letters are still to be written"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="letters"
    )
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ("-queued_at",)
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"], name="message_waiting", condition=models.Q(sent_at=None, dead_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template} to {self.to}"


class Job(models.Model):
    """When a periodic job last ran and who holds it now."""

    name = models.CharField(max_length=100, primary_key=True)
    due_at = models.DateTimeField()
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    objects = JobQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
