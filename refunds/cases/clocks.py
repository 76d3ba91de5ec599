"""How long everybody has: publishers two weeks, customers three days, support its working days."""

from datetime import datetime, timedelta

from django.conf import settings

from refunds.models import State

PUBLISHER_HAS = timedelta(days=14)
HELP_ADDS = timedelta(days=7)
REMINDED_AFTER = (timedelta(days=7), timedelta(days=13))
CUSTOMER_HAS = timedelta(days=3)
DECIDED_WITHIN = timedelta(days=180)
SATURDAY = 5


def support_deadline(now: datetime) -> datetime:
    """The same time of day, so many working days on; Saturdays and Sundays are none, in UTC."""
    left, at = settings.SUPPORT_WORKING_DAYS, now
    while left:
        at += timedelta(days=1)
        if at.weekday() < SATURDAY:
            left -= 1
    return at


def deadline(state: str, now: datetime) -> datetime | None:
    """Until when a case that comes into this state now may stay in it."""
    if state == State.WAITING_FOR_PUBLISHER:
        return now + PUBLISHER_HAS
    if state == State.WAITING_FOR_CUSTOMER:
        return now + CUSTOMER_HAS
    if state in {State.WAITING_FOR_SUPPORT, State.WAITING_FOR_SECOND_AGENT}:
        return support_deadline(now)
    return None
