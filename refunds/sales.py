"""What a publisher sold and what went back, by asset and month.

A sale stands in the month in which the purchase was completed; a refund is a negative line in the month in which it
happened. So a month that is over never changes. Months are UTC's, from their first instant up to the next one's.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from heapq import merge
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from accounts.models import Publisher
from ground.laws import given
from refunds.models import Basis
from refunds.verification import EVER_COMPLETED
from storefront.models import PurchaseItem, Status

# The licence ended with the refund: item by item where something was kept, with the purchase where nothing was.
ENDED_BY_REFUND = Q(revoked_at=F("purchase__refund__at")) | Q(purchase__revoked_at=F("purchase__refund__at"))


@dataclass
class AssetMonth:
    """One asset in one month."""

    month: date
    slug: str
    title: str
    units: int = 0
    credits: int = 0
    refunded_units: int = 0
    refunded_credits: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    borne_by: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> int:
        return self.credits + self.refunded_credits

    @property
    def rate(self) -> int | None:
        """Units that went back in this month for a hundred that were sold in it."""
        return None if not self.units else (200 * self.refunded_units + self.units) // (2 * self.units)

    def add_refunds(self, *, units: int, credits: int, reason: str, borne_by: str) -> None:
        self.refunded_units += units
        self.refunded_credits += credits
        if units or credits:
            self.reasons[reason] = self.reasons.get(reason, 0) + units
            self.borne_by[borne_by] = self.borne_by.get(borne_by, 0) + units


def total(lines: Iterable[AssetMonth], month: date) -> AssetMonth:
    """The sum of several assets, without their reasons."""
    whole = AssetMonth(month, "", _("All assets"))
    for line in lines:
        whole.units += line.units
        whole.credits += line.credits
        whole.refunded_units += line.refunded_units
        whole.refunded_credits += line.refunded_credits
    return whole


@dataclass(frozen=True)
class ItemLine:
    """One item sold, refunded or charged back, for a publisher's own books."""

    at: datetime
    kind: str
    invoice: str
    slug: str
    title: str
    units: int
    credits: int
    reason: str = ""
    borne_by: str = ""


def first_of_month(at: datetime | date) -> date:
    day = at.astimezone(UTC).date() if isinstance(at, datetime) else at
    return day.replace(day=1)


def month_after(month: date, by: int = 1) -> date:
    count = month.year * 12 + month.month - 1 + by
    return date(count // 12, count % 12 + 1, 1)


def by_asset_and_month(*, publisher: Publisher, since: date, until: date, now: datetime) -> list[AssetMonth]:
    """Newest month first, then by title; `since` and `until` are firsts of months, `until` is not in it. Three
    statements, whatever the publisher sold."""
    lines: dict[tuple[date, int], AssetMonth] = {}

    def line(row: dict[str, Any]) -> AssetMonth:
        month = row["month"].date()
        new = AssetMonth(month, row["asset__slug"], row["asset__title"])
        return lines.setdefault((month, row["asset"]), new)

    by = ("month", "asset", "asset__slug", "asset__title")
    for row in (
        _sold(publisher, since, until, now)
        .annotate(month=TruncMonth("purchase__completed_at", tzinfo=UTC))
        .values(*by)
        .annotate(units=Count("id"), credits=Sum("share"))
    ):
        one = line(row)
        one.units, one.credits = row["units"], row["credits"]
    for row in (
        _refunded(publisher, since, until)
        .annotate(month=TruncMonth("purchase__refund__at", tzinfo=UTC))
        .values(*by, "purchase__refund__basis")
        .annotate(units=Sum("ended"), credits=Sum(F("kept_share") - F("share")))
    ):
        line(row).add_refunds(
            units=row["units"], credits=row["credits"], **_why(row["purchase__refund__basis"])
        )
    for row in (
        _charged_back(publisher, since, until)
        .annotate(month=TruncMonth("purchase__charge_back__at", tzinfo=UTC))
        .values(*by)
        .annotate(units=Count("id"))
    ):
        line(row).add_refunds(units=row["units"], credits=0, **_why_charged_back())
    return sorted(lines.values(), key=lambda one: (-one.month.toordinal(), one.title, one.slug))


def item_lines(*, publisher: Publisher, since: date, until: date, now: datetime) -> Iterator[ItemLine]:
    """Oldest first, read as they are written out: a long year takes no more memory than a short month."""
    sold = _read(_sold(publisher, since, until, now), by="purchase__completed_at")
    refunded = _read(_refunded(publisher, since, until), by="purchase__refund__at")
    charged_back = _read(_charged_back(publisher, since, until), by="purchase__charge_back__at")
    return merge(
        map(_sale_line, sold),
        map(_refund_line, refunded),
        map(_charge_back_line, charged_back),
        key=lambda line: line.at,
    )


def _sold(publisher: Publisher, since: date, until: date, now: datetime) -> "QuerySet[PurchaseItem]":
    return PurchaseItem.objects.filter(
        publisher=publisher,
        purchase__status__in=EVER_COMPLETED,
        purchase__completed_at__gte=_instant(since),
        purchase__completed_at__lt=_instant(until),
        purchase__completed_at__lte=now,
    )


def _refunded(publisher: Publisher, since: date, until: date) -> "QuerySet[PurchaseItem]":
    """Items whose licence ended, or whose publisher keeps another share than before."""
    return (
        PurchaseItem.objects.filter(
            publisher=publisher,
            purchase__refund__at__gte=_instant(since),
            purchase__refund__at__lt=_instant(until),
        )
        .annotate(ended=Case(When(ENDED_BY_REFUND, then=Value(1)), default=Value(0)))
        .exclude(ended=0, kept_share=F("share"))
    )


def _charged_back(publisher: Publisher, since: date, until: date) -> "QuerySet[PurchaseItem]":
    """Only what no refund had ended before: a unit goes back once."""
    return PurchaseItem.objects.filter(
        publisher=publisher,
        purchase__charge_back__at__gte=_instant(since),
        purchase__charge_back__at__lt=_instant(until),
    ).exclude(Q(purchase__refund__isnull=False) & ENDED_BY_REFUND)


def _read(items: "QuerySet[PurchaseItem]", *, by: str) -> Iterator[PurchaseItem]:
    chosen = items.select_related("purchase__refund", "purchase__charge_back", "asset")
    return chosen.order_by(by, "id").iterator(chunk_size=500)


def _sale_line(item: PurchaseItem) -> ItemLine:
    completed_at = given(item.purchase.completed_at, "a sale is a completed purchase")
    return _line(item, "sale", completed_at, 1, item.share)


def _refund_line(item: PurchaseItem) -> ItemLine:
    refund = item.purchase.refund
    back = (item.kept_share or 0) - item.share
    return _line(item, "refund", refund.at, -item.ended, back, **_why(refund.basis))  # type: ignore[attr-defined] # annotated


def _charge_back_line(item: PurchaseItem) -> ItemLine:
    at = item.purchase.charge_back.at
    return _line(item, "charge-back", at, -1, 0, **_why_charged_back())


def _line(
    item: PurchaseItem,
    kind: str,
    at: datetime,
    units: int,
    credits: int,
    *,
    reason: str = "",
    borne_by: str = "",
) -> ItemLine:
    return ItemLine(
        at, kind, item.purchase.number, item.asset.slug, item.title, units, credits, reason, borne_by
    )


def _why(basis: str) -> dict[str, str]:
    """Goodwill is the store's own affair; everything else the publisher bears with its share."""
    by_the_store = basis == Basis.GOODWILL
    return {"reason": str(Basis(basis).label), "borne_by": _("the store") if by_the_store else _("you")}


def _why_charged_back() -> dict[str, str]:
    return {"reason": str(Status.CHARGED_BACK.label), "borne_by": _("the store")}


def _instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
