"""Newer and older: lists are paged by key, so page 1,000 costs what page 1 costs and nothing is shown twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from ground.instants import rfc3339

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    newer: str = ""
    older: str = ""


def page_of(request: HttpRequest, rows: "QuerySet[Row]", *, by: str, size: int = 50) -> Page[Row]:
    """The page that the address asks for, newest first by the instant `by`, then by id. One row more tells whether
    there is another."""
    older, newer = (_place(request.GET.get(name, "")) for name in ("before", "after"))
    back = newer is not None
    place = newer if back else older
    if place:
        at, pk = place
        compare = "gt" if back else "lt"
        # The first condition says nothing new; it lets the index be entered at the right place.
        rows = rows.filter(
            Q(**{f"{by}__{compare}e": at})
            & (Q(**{f"{by}__{compare}": at}) | Q(**{by: at, f"pk__{compare}": pk}))
        )
    order = (by, "pk") if back else (f"-{by}", "-pk")
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    has_newer, has_older = (more, True) if back else (place is not None, more)
    if not found:
        return Page([], newer=request.path if place else "")
    return Page(
        found,
        newer=_address(request, "after", found[0], by) if has_newer else "",
        older=_address(request, "before", found[-1], by) if has_older else "",
    )


def _address(request: HttpRequest, name: str, row: Model, by: str) -> str:
    kept = {key: value for key, value in request.GET.items() if key not in {"before", "after"}}
    return f"?{urlencode({**kept, name: f'{rfc3339(getattr(row, by))}_{row.pk}'})}"


def _place(text: str) -> tuple[datetime, int] | None:
    at, _, pk = text.rpartition("_")
    try:
        place = datetime.fromisoformat(at), int(pk)
    except ValueError:
        return None
    return place if place[0].tzinfo and 0 <= place[1] < 2**63 else None
