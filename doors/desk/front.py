"""The front page: what waits, what was decided, what the policy answered by itself. Each figure links to its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from accounts.models import User
from doors.desk.queue import AGES, DECIDED
from doors.desk.records import gives
from ground.templatetags.recredit import in_credits
from refunds.models import Case, Denial, Refund
from refunds.policy import ReasonCode
from refunds.wording import REASONS

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

WEEK = timedelta(days=7)
OPEN_FOR = {
    "1": _lazy("open for less than a day"),
    "3": _lazy("open for 1 to 3 days"),
    "7": _lazy("open for 3 to 7 days"),
    "older": _lazy("open for more than 7 days"),
}


@dataclass(frozen=True)
class Figure:
    number: str
    words: StrOrPromise
    address: str
    urgent: bool = False


def front(person: User, now: datetime) -> dict[str, list[Figure]]:
    return {
        "waiting": _waiting(person, now),
        "decided": _decided(now),
        "automatic": _automatic(now),
    }


def _queue(**filters: str) -> str:
    return f"{reverse('desk_queue')}?{urlencode(filters)}"


def _waiting(person: User, now: datetime) -> list[Figure]:
    ages = {f"age_{age}": Count("pk", filter=_aged(age, now)) for age in AGES}
    counts = Case.objects.open().aggregate(
        overdue=Count("pk", filter=Q(deadline__lte=now)),
        mine=Count("pk", filter=Q(assigned_to=person)),
        nobody=Count("pk", filter=Q(assigned_to=None)),
        **ages,
    )
    return [
        Figure(str(counts["overdue"]), _("overdue"), _queue(due="overdue"), urgent=counts["overdue"] > 0),
        Figure(str(counts["mine"]), _("assigned to me"), _queue(whose="mine")),
        Figure(str(counts["nobody"]), _("assigned to nobody"), _queue(whose="nobody")),
        *(Figure(str(counts[f"age_{age}"]), OPEN_FOR[age], _queue(age=age)) for age in AGES),
    ]


def _aged(age: str, now: datetime) -> Q:
    least, most = AGES[age]
    within = Q(opened_at__lte=now - timedelta(days=least))
    return within if most is None else within & Q(opened_at__gt=now - timedelta(days=most))


def _decided(now: datetime) -> list[Figure]:
    rows = Case.objects.filter(state__in=DECIDED, closed_at__gte=now - WEEK)
    spans = [closed - opened for opened, closed in rows.values_list("opened_at", "closed_at") if closed]
    address = _queue(state="all", decided="week")
    middle = median(spans) if spans else None  # type: ignore[type-var]  # spans of time have a middle too
    return [
        Figure(str(len(spans)), _("decided in the last 7 days"), address),
        Figure(_span(middle) if middle is not None else _("none"), _("median time to answer"), address),
    ]


def _span(span: timedelta) -> str:
    days, hours = round(span / timedelta(days=1)), max(1, round(span / timedelta(hours=1)))
    if span >= timedelta(days=1):
        return ngettext("{count} day", "{count} days", days).format(count=f"{days:,}")
    return ngettext("{count} hour", "{count} hours", hours).format(count=hours)


def _automatic(now: datetime) -> list[Figure]:
    refunds = Refund.objects.filter(at__gte=now - WEEK)
    sums = refunds.aggregate(
        automatic=Count("pk", filter=Q(case=None)),
        people=Count("pk", filter=~Q(case=None)),
        credits=Sum("credits"),
    )
    codes = [code for code in ReasonCode if code != ReasonCode.NOT_YOURS]
    denied = Denial.objects.filter(at__gte=now - WEEK).aggregate(
        **{code.value: Count("pk", filter=gives(code.value)) for code in codes}
    )
    refund_rows, denial_rows = (
        reverse("admin:refunds_refund_changelist"),
        reverse("admin:refunds_denial_changelist"),
    )
    return [
        Figure(str(sums["automatic"]), _("refunds by the policy alone"), f"{refund_rows}?since=7&by=policy"),
        Figure(str(sums["people"]), _("refunds on a request"), f"{refund_rows}?since=7&by=people"),
        Figure(in_credits(sums["credits"] or 0), _("refunded"), f"{refund_rows}?since=7"),
        *(
            Figure(
                str(denied[code.value]),
                _("denied: {reason}").format(reason=REASONS[code].title.lower()),
                f"{denial_rows}?since=7&reason={code.value}",
            )
            for code in codes
            if denied[code.value]
        ),
    ]
