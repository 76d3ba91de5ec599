"""What other terms would have decided: every purchase that was ever asked about, judged at the instant it was last
asked, by its own terms and by others, in one pass over the counters kept then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime

from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.functions import TruncMonth

from refunds.counters import LAST_ASKED, given_terms, refundable
from storefront.models import Purchase


@dataclass(frozen=True, slots=True)
class Tally:
    """`refunds` and `credits` are by each purchase's own terms, `would_…` by the others; then what flips each way."""

    asked: int = 0
    refunds: int = 0
    credits: int = 0
    would_refunds: int = 0
    would_credits: int = 0
    yes_to_no: int = 0
    credits_yes_to_no: int = 0
    no_to_yes: int = 0
    credits_no_to_yes: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Tally)))


@dataclass(frozen=True, slots=True)
class Line:
    """One seller in one month, as `2026-11` in UTC."""

    seller: str
    month: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class BackTest:
    window_days: int
    bundle_percent: int
    total: Tally
    lines: tuple[Line, ...]


# Aliases of the inner query: what each purchase gives by its own terms (`own`) and by the others; NULL is a no.
TALLY = """
WITH judged AS ({judged})
SELECT seller, month,
       COUNT(*), COUNT(own), SUM(own), COUNT(other), SUM(other),
       COUNT(CASE WHEN other IS NULL THEN own END), SUM(CASE WHEN other IS NULL THEN own END),
       COUNT(CASE WHEN own IS NULL THEN other END), SUM(CASE WHEN own IS NULL THEN other END)
FROM judged
GROUP BY seller, month
ORDER BY month, seller
"""


def backtest(
    *, window_days: int, bundle_percent: int, since: datetime | None = None, until: datetime | None = None
) -> BackTest:
    """`since` is inside, `until` is not; both are about when the purchase was last asked about."""
    asked = Purchase.objects.filter(asked_at__isnull=False)
    if since is not None:
        asked = asked.filter(asked_at__gte=since)
    if until is not None:
        asked = asked.filter(asked_at__lt=until)
    others = given_terms(window_days=window_days, bundle_percent=bundle_percent)
    judged = asked.values(
        seller=F("publisher__slug"),
        month=TruncMonth("asked_at", tzinfo=UTC),
        own=refundable(LAST_ASKED),
        other=refundable(LAST_ASKED, others),
    )
    lines = tuple(_tallied(judged))
    return BackTest(window_days, bundle_percent, sum((line.tally for line in lines), Tally()), lines)


def _tallied(judged: QuerySet[Purchase, object]) -> Iterator[Line]:
    """Written by hand because the ORM would judge each purchase anew for every one of the sums."""
    inner, parameters = judged.query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(TALLY.format(judged=inner), parameters)
        for seller, month, *counts in cursor.fetchall():
            yield Line(seller, str(month)[:7], Tally(*(int(count or 0) for count in counts)))
