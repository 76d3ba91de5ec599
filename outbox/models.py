"""Letters that wait, were sent, or died; and the jobs that run by the clock."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


class Message(models.Model):
    """One letter: a template's name and plain data. It is rendered when it is sent, never inside a transaction."""

    # The id is the letter's Message-Id too, so that one sent twice after a crash is recognised as one.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    template = models.CharField(max_length=100)
    data = models.JSONField(default=dict)
    to = models.EmailField()
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

    def __str__(self) -> str:
        return self.name
