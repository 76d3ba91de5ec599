"""Newest first, a page at a time, by key: the last row that was shown says where the next page begins."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime


def page(rows: "QuerySet[Any]", asked: QueryDict, *, by: str, size: int) -> tuple[list[Any], str]:
    """The rows of this page, and the query of the next older one or nothing. `by` is an instant; ids break ties."""
    after = _place(asked.get("after", ""))
    if after:
        at, pk = after
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at, "id__lt": pk}))
    found = list(rows.order_by(f"-{by}", "-id")[: size + 1])
    if len(found) <= size:
        return found, ""
    last = found[size - 1]
    query = asked.copy()
    query["after"] = f"{getattr(last, by).isoformat()} {last.pk}"
    return found[:size], f"?{query.urlencode()}"


def _place(text: str) -> tuple[datetime, int] | None:
    """Whatever is no place is the beginning."""
    instant, _, pk = text.partition(" ")
    try:
        at = parse_datetime(instant)
    except ValueError:
        return None
    if at is None or at.tzinfo is None or not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return at, int(pk)
