"""Acts that somebody has to hear of. Each queues one row, in its own transaction; the worker turns the row into letters.

What a letter says is worked out then, from what the act has frozen: so an act is short, whoever hears of it. Rooms
register who writes the letters of which act.
"""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction

from ground import rows
from outbox.models import Message

Write = Callable[[int, datetime], list[Message]]
COLUMNS = ("id", "template", "data", "to", "queued_at", "due_at", "attempts", "last_error")

written_by: dict[str, Write] = {}


def queue_acts(kind: str, ids: Iterable[int], *, now: datetime) -> None:
    """`kind` names who writes the letters, and each id the row that they are about."""
    acts = ((uuid.uuid4(), kind, {"id": pk}, "", now, now, 0, "") for pk in ids)
    rows.write(Message, COLUMNS, acts)


def is_act(message: Message) -> bool:
    return message.template in written_by


def write_letters(act: Message) -> bool:
    """The act's row becomes its letters, all at once. False where another worker has taken it over meanwhile."""
    letters = written_by[act.template](act.data["id"], act.queued_at)
    with transaction.atomic():
        taken, _ = Message.objects.filter(pk=act.pk, attempts=act.attempts).delete()
        if taken:
            Message.objects.bulk_create(letters)
    return bool(taken)
