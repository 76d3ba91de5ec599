"""What every room stands on and no person sees: answers given under a key, and how often somebody asked."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Receipt(models.Model):
    """The answer given to a person for a key. Asking again with the key gets this answer again."""

    # A person by key alone: people live in the room above.
    person_id = models.PositiveBigIntegerField()
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text=_("digest of what was asked, route included"))
    status = models.PositiveSmallIntegerField(null=True)
    # Text, not a JSON column: PostgreSQL's jsonb does not keep the order of keys, and a replay is byte for byte.
    body = models.TextField(default="")
    made_at = models.DateTimeField()
    keep_until = models.DateTimeField(null=True, db_index=True, help_text=_("empty: for good"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("person_id", "key", name="receipt_once_per_person_and_key"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.key}"


class Limit(models.Model):
    """The requests that somebody made since their present window began."""

    who = models.CharField(max_length=100, primary_key=True)
    began_at = models.DateTimeField()
    counted = models.PositiveBigIntegerField()
    last_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.who}: {self.counted} since {self.began_at}"
