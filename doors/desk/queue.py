"""The queue: open cases, the oldest deadline first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import Publisher
from doors.desk.pages import DeskRequest, show
from doors.desk.rows import place
from ground.instants import rfc3339
from refunds.models import Answer, Case, CaseItem, Grounds, State
from refunds.models.cases import OPEN_STATES
from storefront.numbers import normalise

A_PAGE = 50
DUE = {"overdue": _lazy("Overdue"), "day": _lazy("Within a day"), "week": _lazy("Within a week")}
MOST_PUBLISHERS = 200
# Days since a case was opened: at least, less than.
AGES = {"1": (0, 1), "3": (1, 3), "7": (3, 7), "older": (7, None)}
DECIDED = (State.APPROVED, State.REJECTED, State.ANSWERED)
FILTERS = ("state", "grounds", "publisher", "due", "whose", "age", "decided", "q")


@dataclass(frozen=True)
class QueuePage:
    rows: Sequence[Case]
    older: str
    newest: str


def queue(request: DeskRequest) -> HttpResponse:
    # PostgreSQL refuses a NUL in text, and no row has one.
    filters = {name: request.GET.get(name, "").replace("\x00", "") for name in FILTERS}
    context = {
        "page": _page(request, _filtered(request, filters), filters),
        "filters": filters,
        "states": [
            ("", _("All open")),
            *State.choices,
            ("all", _("All")),
        ],
        "grounds": [("", _("All grounds")), *Grounds.choices],
        "due": [("", _("Any deadline")), *DUE.items()],
        "whose": [
            ("", _("Everybody's")),
            ("mine", _("Mine")),
            ("nobody", _("Unassigned")),
            ("lead", _("With a lead")),
        ],
        "publishers": _publishers(),
    }
    return show(request, "queue", _("Requests"), context)


def _filtered(request: DeskRequest, filters: dict[str, str]) -> "QuerySet[Case]":
    rows = Case.objects.select_related("purchase", "customer", "publisher", "assigned_to")
    words = filters["q"].strip()
    if words:
        return rows.filter(_search(words))
    if filters["decided"] == "week":
        rows = rows.filter(state__in=DECIDED, closed_at__gte=request.now - timedelta(days=7))
    elif filters["state"] in State.values:
        rows = rows.filter(state=filters["state"])
    elif filters["state"] != "all":
        rows = rows.filter(state__in=OPEN_STATES)
    if filters["grounds"] in Grounds.values:
        rows = rows.filter(grounds=filters["grounds"])
    if filters["publisher"]:
        named = CaseItem.objects.filter(item__publisher__slug=filters["publisher"]).values("case")
        rows = rows.filter(Q(publisher__slug=filters["publisher"]) | Q(pk__in=named))
    due = _due(_aged(rows, filters["age"], request.now), filters["due"], request.now)
    return _whose(due, filters["whose"], request)


def _search(words: str) -> Q:
    """A case's number, an invoice number in any spelling, or a customer's address: each exact, each by an index."""
    if "@" in words:
        return Q(customer__email=words.lower())
    number = normalise(words)
    if number:
        return Q(purchase__number=number)
    return Q(number=words.upper().replace(" ", ""))


def _due(rows: "QuerySet[Case]", due: str, now: datetime) -> "QuerySet[Case]":
    until = {"overdue": now, "day": now + timedelta(days=1), "week": now + timedelta(days=7)}.get(due)
    return rows.filter(deadline__lte=until) if until else rows


def _aged(rows: "QuerySet[Case]", age: str, now: datetime) -> "QuerySet[Case]":
    if age not in AGES:
        return rows
    least, most = AGES[age]
    rows = rows.filter(opened_at__lte=now - timedelta(days=least))
    return rows if most is None else rows.filter(opened_at__gt=now - timedelta(days=most))


def _whose(rows: "QuerySet[Case]", whose: str, request: DeskRequest) -> "QuerySet[Case]":
    if whose == "mine":
        return rows.filter(assigned_to=request.user)
    if whose == "nobody":
        return rows.filter(assigned_to=None)
    return rows.filter(with_lead=True) if whose == "lead" else rows


def _page(request: DeskRequest, rows: "QuerySet[Case]", filters: dict[str, str]) -> QueuePage:
    """Open cases by deadline, all others newest first. One row more than a page tells whether there is another."""
    by_deadline = not filters["q"] and not filters["decided"] and filters["state"] in {"", *OPEN_STATES}
    after = request.GET.get("after", "")
    rows = _by_deadline(rows, after) if by_deadline else _newest(rows, after)
    shown = list(rows[: A_PAGE + 1])
    kept = {name: value for name, value in filters.items() if value}
    older = ""
    if len(shown) > A_PAGE:
        last = shown[A_PAGE - 1]
        key = f"{rfc3339(last.deadline)}_{last.pk}" if by_deadline and last.deadline else str(last.pk)
        older = f"?{urlencode({**kept, 'after': key})}"
    return QueuePage(shown[:A_PAGE], older, f"?{urlencode(kept)}" if after else "")


def _by_deadline(rows: "QuerySet[Case]", after: str) -> "QuerySet[Case]":
    at, _, pk = after.rpartition("_")
    last = place(pk)
    try:
        since = datetime.fromisoformat(at)
    except ValueError:
        return rows.order_by("deadline", "pk")
    if since.tzinfo is None or last is None:
        return rows.order_by("deadline", "pk")
    return rows.filter(Q(deadline__gt=since) | Q(deadline=since, pk__gt=last)).order_by("deadline", "pk")


def _newest(rows: "QuerySet[Case]", after: str) -> "QuerySet[Case]":
    before = place(after)
    return (rows if before is None else rows.filter(pk__lt=before)).order_by("-pk")


def _publishers() -> list[tuple[str, str]]:
    """Publishers that are asked in an open case, or opened one."""
    asked = Answer.objects.filter(case__state__in=OPEN_STATES).values("publisher")
    own = Case.objects.open().exclude(publisher=None).values("publisher")
    rows = Publisher.objects.filter(Q(pk__in=asked) | Q(pk__in=own)).order_by("name")[:MOST_PUBLISHERS]
    return [("", _("All publishers")), *rows.values_list("slug", "name")]
