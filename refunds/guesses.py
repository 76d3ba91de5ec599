"""Guessing invoice numbers is slowed down and then stopped.

Misses are counted from the rows of look-ups, one look-up of a key or a person after the other, so that no race loses
one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Subquery

from accounts.models import ApiKey, Publisher, User
from ground.laws import LawBroken
from ground.refusals import Refusal
from refunds.models import LookUp

ALL_TOGETHER = 10  # How often the misses of one key all of a publisher's keys and people may reach.


class TooManyLookUps(Refusal):
    """Raised with `seconds`, after which asking again makes sense."""

    code = "too_many_look_ups"
    sentence = (
        "More than {limit} {what} were looked up within {window}. Nothing was looked up now; "
        "please wait {wait} and try again."
    )


@dataclass(frozen=True)
class LookUpLimit:
    """So many rows within so many minutes."""

    rows: "QuerySet[LookUp]"
    what: str
    most: int
    minutes: int

    @property
    def window(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def oldest(self, now: datetime) -> "QuerySet[Any, Any]":
        """The limit's row, counted back from the newest. There is none while more may be asked."""
        lately = self.rows.filter(at__gt=now - self.window).order_by("-at")
        return lately.values("at")[self.most - 1 : self.most]

    def refusal(self, oldest: datetime, now: datetime) -> TooManyLookUps:
        wait = max(1, ceil((oldest + self.window - now).total_seconds()))
        return TooManyLookUps(
            seconds=wait,
            what=self.what,
            limit=self.most,
            window=_in_minutes(self.minutes),
            wait=_in_minutes(ceil(wait / 60)),
        )


def hold_back_guesses(
    *, publisher: Publisher, by: User | None, api_key: ApiKey | None, now: datetime
) -> None:
    """Locks the key or the person, then counts: those who look up at once wait for each other."""
    if by is None:
        raise LawBroken("whoever looks up for a publisher is known")
    if api_key is not None:
        ApiKey.objects.note_use(api_key.pk, now)
    else:
        User.objects.lock(by.pk)
    limits = _limits(publisher, by, api_key)
    # All in one statement. It starts after the lock was had, so it sees what the one before us wrote.
    counted = User.objects.values_list(*[Subquery(limit.oldest(now)) for limit in limits]).get(pk=by.pk)
    for limit, oldest in zip(limits, counted, strict=True):
        if oldest is not None:
            raise limit.refusal(oldest, now)


def _limits(publisher: Publisher, by: User, api_key: ApiKey | None) -> list[LookUpLimit]:
    """A fresh key begins at nothing, so all of a publisher's keys and people together are counted too."""
    mine = LookUp.objects.filter(api_key=api_key) if api_key else LookUp.objects.filter(by=by, api_key=None)
    together = LookUp.objects.filter(publisher=publisher)
    misses, most = "numbers that are not among your invoices", settings.LIMIT_INVOICE_MISSES
    return [
        LookUpLimit(mine.filter(hit=False), misses, most, settings.LIMIT_INVOICE_MINUTES),
        LookUpLimit(together.filter(hit=False), misses, most * ALL_TOGETHER, settings.LIMIT_INVOICE_MINUTES),
        LookUpLimit(mine, "numbers", settings.LIMIT_INVOICE_LOOKUPS, 1),
    ]


def _in_minutes(count: int) -> str:
    return f"{count} minute{'' if count == 1 else 's'}"
