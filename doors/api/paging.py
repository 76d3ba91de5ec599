"""Lists, page by page, by a cursor that stays right while rows are added."""

from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request


class Pages(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


KNOWN = {"cursor", "page_size", "format"}


def refuse_unknown(request: Request, known: set[str] = frozenset()) -> None:
    """A filter that is not known would be a question that is not asked."""
    unknown = sorted(set(request.query_params) - KNOWN - known)
    if unknown:
        raise ValidationError({name: ["There is no such filter."] for name in unknown}, code="unknown_filter")


def listed(request: Request, rows: Any, *, ordering: tuple[str, ...], draw: Any) -> dict[str, Any]:
    """`draw` makes one row's JSON."""
    pages = Pages()
    pages.ordering = ordering
    page = pages.paginate_queryset(rows, request)
    return {
        "next": pages.get_next_link(),
        "previous": pages.get_previous_link(),
        "results": [draw(row) for row in page or []],
    }
