"""How credits, times and icons read on every page and in every letter: one spelling, whichever door shows them."""

from datetime import datetime, timedelta, tzinfo
from typing import Literal

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
# A template gives what it does not know as an empty text.
Number = int | None | Literal[""]

MINUS = "\N{MINUS SIGN}"
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@register.filter
def figure(number: Number) -> str:
    """A whole number to stand in a column: 1,470, with a true minus sign where it is needed."""
    if number is None or number == "":
        return ""
    number = int(number)
    return f"{MINUS if number < 0 else ''}{abs(number):,}"


@register.filter
def signed(number: Number) -> str:
    """A movement with its sign, and a plain 0."""
    if number is None or number == "":
        return ""
    return f"+{int(number):,}" if int(number) > 0 else figure(number)


@register.filter("credits")
def in_credits(number: Number) -> str:
    """70 credits, 1 credit; never 70.00."""
    if number is None or number == "":
        return ""
    return f"{figure(number)} {'credit' if abs(int(number)) == 1 else 'credits'}"


@register.filter
def moment(when: datetime | None) -> str:
    """Thu 3 Dec 2026, 10:30 CET: in the reader's zone, which is named."""
    if not when:
        return ""
    local = timezone.localtime(when)
    return f"{_day(local)}, {local:%H:%M} {_zone(local)}"


def moment_in(when: datetime, zone: tzinfo | None = None) -> str:
    """3 Dec 2026, 10:30 CET: for the middle of a sentence; in the reader's zone, or in this one."""
    local = timezone.localtime(when, zone)
    return f"{_date(local)}, {local:%H:%M} {_zone(local)}"


@register.filter
def at(found: dict[object, object], key: object) -> object:
    """What a dict holds for a key that is itself a value."""
    return found.get(key)


@register.filter
def day(when: datetime | None) -> str:
    """Thu 3 Dec 2026, in the reader's zone where the value is an instant."""
    if not when:
        return ""
    return _day(timezone.localtime(when) if isinstance(when, datetime) else when)


@register.filter
def words_left(until: datetime | None, now: datetime) -> str:
    """What is left of a deadline, rounded down so that nobody is promised more: 12 more days."""
    if not until:
        return ""
    left = until - now
    if left < timedelta(0):
        return "no time left"
    for unit, name in (
        (timedelta(days=1), "day"),
        (timedelta(hours=1), "hour"),
        (timedelta(minutes=1), "minute"),
    ):
        count = left // unit
        if count:
            return f"{count} more {name}{'' if count == 1 else 's'}"
    return "less than a minute"


@register.inclusion_tag("_deadline.html")
def deadline(until: datetime, since: datetime, now: datetime, label: str = "") -> dict[str, object]:
    """A deadline: words first, date second, a thin bar third; amber in the last three days."""
    left = max(timedelta(0), until - now)
    whole = max(timedelta(microseconds=1), until - since)
    return {
        "until": until,
        "now": now,
        "label": label,
        "over": until < now,
        "soon": left < timedelta(days=3),
        "share": min(100, round(100 * (left / whole))),
    }


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One picture of the sprite; silent for screen readers unless it carries a label."""
    role = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', role, static("icons.svg"), name)


@register.simple_tag(takes_context=True)
def here(context: template.Context, address: str) -> SafeString:
    """Marks the link of the part of the store that the reader is in."""
    request = context.get("request")
    path = request.path if request else ""
    inside = path == address if address == "/" else path.startswith(address)
    return mark_safe(' aria-current="page"') if inside else mark_safe("")


@register.simple_tag
def store_name() -> str:
    """The name over the door; read from the settings so that error pages and letters have it too."""
    return getattr(settings, "STORE_NAME", "Recredit")


@register.simple_tag
def support_email() -> str:
    """Where a person answers."""
    return getattr(settings, "SUPPORT_EMAIL", "")


def _day(when: datetime) -> str:
    return f"{DAYS[when.weekday()]} {_date(when)}"


def _date(when: datetime) -> str:
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def _zone(local: datetime) -> str:
    """Zones without letters of their own are called by their offset: UTC-03."""
    name = local.tzname() or "UTC"
    return f"UTC{name}" if name[0] in "+-" else name
