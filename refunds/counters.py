"""The policy once more, as one SQL expression over the counters that a purchase carries.

For lists and back-tests, where the facts of every purchase would be too many to gather. It says how
much comes back, not why nothing does; a test holds it equal to `decide()` on random purchases, on both engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    BigIntegerField,
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest
from django.db.models.lookups import LessThanOrEqual

from storefront.models import Status


@dataclass(frozen=True)
class Counters:
    """Which columns say when it was asked, how many items were downloaded then, and what they cost."""

    at: Combinable
    downloaded: str
    deducted: str
    unsettled: Q


@dataclass(frozen=True)
class Numbers:
    """The numbers of some terms: given ones, or each purchase's own."""

    window: Combinable
    bundle_percent: Combinable


# SQLite multiplies a duration by a plain integer only.
_OWN_DAYS = ExpressionWrapper(F("terms__window_days"), output_field=IntegerField())
_ONE_DAY = Value(timedelta(days=1), output_field=DurationField())
OWN_TERMS = Numbers(
    ExpressionWrapper(_OWN_DAYS * _ONE_DAY, output_field=DurationField()), F("terms__bundle_percent")
)

# How things stood when a refund was last asked for. What happened to the purchase by that request, or later, had
# not happened yet; a refund and the request that led to it carry the same instant.
_NOT_REFUNDED_BEFORE = Q(refund=None) | Q(refund__at__gte=F("asked_at"))
LAST_ASKED = Counters(
    at=F("asked_at"),
    downloaded="asked_count",
    deducted="asked_price",
    unsettled=Q(status=Status.COMPLETED)
    | Q(_NOT_REFUNDED_BEFORE, status=Status.REFUNDED)
    | Q(_NOT_REFUNDED_BEFORE, status=Status.CHARGED_BACK, charge_back__at__gt=F("asked_at")),
)


def as_things_stand(now: datetime) -> Counters:
    return Counters(
        at=Value(now, output_field=DateTimeField()),
        downloaded="downloaded_count",
        deducted="downloaded_price",
        unsettled=Q(status=Status.COMPLETED),
    )


def given_terms(*, window_days: int, bundle_percent: int) -> Numbers:
    window = Value(timedelta(days=window_days), output_field=DurationField())
    return Numbers(window, Value(bundle_percent))


def refundable(counters: Counters, numbers: Numbers = OWN_TERMS) -> Case:
    """The credits that a yes gives back, which may be 0; NULL for a no."""
    left = Greatest(F("credits_spent") - F(counters.deducted), Value(0), output_field=BigIntegerField())
    completed = Q(completed_at__isnull=False, completed_at__lte=counters.at)
    return Case(
        When(
            counters.unsettled
            & completed
            & Q(download_log=True)
            & _few_downloads(counters, numbers)
            & _in_window(counters, numbers),
            then=left,
        ),
        default=None,
        output_field=BigIntegerField(),
    )


def _few_downloads(counters: Counters, numbers: Numbers) -> Q:
    """Nothing downloaded is few enough of anything; only of a bundle it may be a share."""
    downloaded = F(counters.downloaded) * Value(100)
    share = LessThanOrEqual(downloaded, F("items_count") * numbers.bundle_percent)
    return Q(**{counters.downloaded: 0}) | Q(share, bundle__isnull=False)


def _in_window(counters: Counters, numbers: Numbers) -> Q:
    """The age is compared, not a date in the future, which the calendar of a database may not have."""
    age = ExpressionWrapper(counters.at - F("completed_at"), output_field=DurationField())
    return Q(LessThanOrEqual(age, numbers.window))
