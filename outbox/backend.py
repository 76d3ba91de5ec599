"""Django's door for letters: whatever any library sends lands in the outbox and leaves with the worker."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from accounts.models import User
from outbox.models import Message


class QueueBackend(BaseEmailBackend):
    """Keeps the words as they were given; there is no template to render later."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        now = timezone.now()
        people = {
            user.email: user
            for user in User.objects.filter(email__in=[to for m in email_messages for to in m.to])
        }
        rows = [
            Message(
                template="as_written",
                data={"subject": message.subject, "body": message.body, "html": _html(message)},
                to=address,
                person=people.get(address),
                queued_at=now,
                due_at=now,
            )
            for message in email_messages
            for address in message.to
        ]
        Message.objects.bulk_create(rows)
        return len(rows)


def _html(message: EmailMessage) -> str:
    parts = getattr(message, "alternatives", [])
    return next((str(content) for content, kind in parts if kind == "text/html"), "")
