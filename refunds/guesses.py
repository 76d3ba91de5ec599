"""Guessing invoice numbers is slowed down and then stopped.

Misses are counted from the rows of look-ups, one look-up of a key or a person after the other, so that no race loses
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet, Subquery
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import ApiKey, Publisher, User
from ground.laws import LawBroken
from ground.refusals import Refusal
from refunds.models import LookUp

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ALL_TOGETHER = 10  # How often the misses of one key all of a publisher's keys and people may reach.


class TooManyLookUps(Refusal):
    """Raised with `seconds`, after which asking again makes sense."""

    code = "too_many_look_ups"
    sentence = _lazy(
        "More than {limit} numbers were looked up within {window}. Nothing was looked up now; "
        "please wait {wait} and try again."
    )


MISSES = _lazy(
    "More than {limit} numbers that are not among your invoices were looked up within {window}. "
    "Nothing was looked up now; please wait {wait} and try again."
)


@dataclass(frozen=True)
class LookUpLimit:
    """So many rows within so many minutes."""

    rows: QuerySet[LookUp]
    most: int
    minutes: int
    sentence: StrOrPromise = TooManyLookUps.sentence

    @property
    def window(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    def oldest(self, now: datetime) -> QuerySet[LookUp, object]:
        """The limit's row, counted back from the newest. There is none while more may be asked."""
        lately = self.rows.filter(at__gt=now - self.window).order_by("-at")
        return lately.values("at")[self.most - 1 : self.most]

    def refusal(self, oldest: datetime, now: datetime) -> TooManyLookUps:
        wait = max(1, ceil((oldest + self.window - now).total_seconds()))
        return TooManyLookUps(
            str(self.sentence),
            seconds=wait,
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
    most, minutes = settings.LIMIT_INVOICE_MISSES, settings.LIMIT_INVOICE_MINUTES
    return [
        LookUpLimit(mine.filter(hit=False), most, minutes, MISSES),
        LookUpLimit(together.filter(hit=False), most * ALL_TOGETHER, minutes, MISSES),
        LookUpLimit(mine, settings.LIMIT_INVOICE_LOOKUPS, 1),
    ]


def _in_minutes(count: int) -> str:
    return ngettext("{count} minute", "{count} minutes", count).format(count=count)
