"""A letter's words: its templates filled with its plain data, in the time zone and language of whoever reads it."""

import re
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from accounts.models import User
from outbox.letters import Enclosure, enclosures
from outbox.models import Message

INSTANT = re.compile(r"(?:^|_)(?:at|until)$")
AS_WRITTEN = "as_written"


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str
    enclosed: Enclosure | None


def render(message: Message) -> Letter:
    if message.template == AS_WRITTEN:
        return _as_written(message)
    data = {**message.data}
    enclose = data.pop("enclose", None)
    context = {
        **{key: instants(value, name=key) for key, value in data.items()},
        "STORE_NAME": settings.STORE_NAME,
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        "PUBLIC_URL": settings.PUBLIC_URL,
        "person": message.person,
        "now": message.queued_at,
    }
    name = f"letters/{message.template}"
    with _as_read_by(message.person):
        subject = _one_line(_fill(f"{name}.subject.txt", context, escape=False))
        text = _fill(f"{name}.txt", context, escape=False)
        html = _fill(f"{name}.html", {**context, "subject": subject}, escape=True)
    enclosed = enclosures[enclose[0]](enclose[1]) if enclose else None
    return Letter(subject, text.strip() + "\n", html, enclosed)


def _as_written(message: Message) -> Letter:
    """A library's own words. It mostly sends plain text, which is put into our look."""
    subject = _one_line(message.data["subject"])
    body, html = message.data.get("body", ""), message.data.get("html", "")
    context = {"subject": subject, "body": body.strip(), "PUBLIC_URL": settings.PUBLIC_URL}
    return Letter(subject, body, html or _fill("letters/as_written.html", context, escape=True), None)


def as_mail(message: Message) -> EmailMultiAlternatives:
    """The message id comes from the row, so that a letter sent twice after a crash is recognised as one."""
    letter = render(message)
    mail = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        settings.DEFAULT_FROM_EMAIL,
        [message.to],
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )
    if letter.html:
        mail.attach_alternative(letter.html, "text/html")
    if letter.enclosed:
        mail.attach(*letter.enclosed)
    return mail


def message_id(message: Message) -> str:
    return f"<{message.pk}@{urlsplit(settings.PUBLIC_URL).hostname}>"


def instants(data: object, *, name: str = "") -> object:
    """Data is plain, so its instants are text. Whatever is called `at`, `until`, `…_at` or `…_until` is one again."""
    if isinstance(data, dict):
        return {key: instants(value, name=key) for key, value in data.items()}
    if isinstance(data, list):
        return [instants(value, name=name) for value in data]
    if isinstance(data, str) and INSTANT.search(name):
        return _instant(data) or data
    return data


def _instant(text: str) -> object:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


def _fill(name: str, context: dict[str, object], *, escape: bool) -> str:
    # Plain text is no HTML: an apostrophe in a title stays an apostrophe.
    return get_template(name).template.render(Context(context, autoescape=escape))  # type: ignore[attr-defined] # Django's own engine


def _one_line(text: str) -> str:
    """A subject is one line, whatever a title in it tries."""
    return " ".join(text.split())


@contextmanager
def _as_read_by(person: User | None) -> Iterator[None]:
    zone = zoneinfo.ZoneInfo(person.time_zone if person else "UTC")
    language = {"en": "en-gb"}.get(person.language, person.language) if person else "en-gb"
    with timezone.override(zone), translation.override(language):
        yield
