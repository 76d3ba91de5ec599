"""Queueing a letter, in the caller's transaction: if the act rolls back, so does its letter."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from accounts.models import User
from outbox.models import Message


class Enclosure(NamedTuple):
    name: str
    content: bytes
    content_type: str


# Rooms above know how to make a document from its number; they register themselves here at start, so that a letter's
# data stays plain and nothing points uphill.
enclosures: dict[str, Callable[[str], Enclosure]] = {}


def queue(
    *,
    template: str,
    to: User | str,
    data: dict[str, object],
    now: datetime,
    enclose: tuple[str, str] | None = None,
) -> Message:
    """`template` names `templates/letters/<template>.{subject.txt,txt,html}`; `enclose` is (kind, reference)."""
    person = to if isinstance(to, User) else None
    address = to.email if isinstance(to, User) else to
    return Message.objects.create(
        template=template,
        data={**data, **({"enclose": list(enclose)} if enclose else {})},
        to=address,
        person=person,
        queued_at=now,
        due_at=now,
    )


def queue_many(messages: list[Message]) -> None:
    """Several letters of one act in one statement."""
    Message.objects.bulk_create(messages)


def send_again(*, message: Message, now: datetime) -> bool:
    """A letter that was given up is due again, with all its attempts before it; one that was sent stays sent."""
    fresh = {"dead_at": None, "attempts": 0, "due_at": now, "claimed_until": None, "last_error": ""}
    return bool(Message.objects.filter(pk=message.pk, sent_at=None).exclude(dead_at=None).update(**fresh))
