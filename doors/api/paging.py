"""Lists, page by page, by a cursor that stays right while rows are added."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import Model, QuerySet
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from doors.api.drawing import Shape

SIZE, MOST = 50, 200
PAGED = frozenset({"cursor", "page_size"})


Row = TypeVar("Row", bound=Model)


class Pages(CursorPagination):
    def __init__(self, ordering: tuple[str, ...], size: int) -> None:
        self.ordering = ordering
        self.size = size

    def get_page_size(self, request: Request) -> int:
        return self.size

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        if cursor and "\0" in str(cursor.position):
            raise NotFound  # PostgreSQL would fail on it, and no row that it gave stands there.
        return cursor


def refuse_unknown(request: Request, known: frozenset[str]) -> None:
    """A filter that is not known would be a question that is not asked; one that stands twice, two at once."""
    wrong = {
        name: [ErrorDetail("There is no such filter.", code="unknown_filter")]
        for name in sorted(set(request.query_params) - known)
    }
    wrong |= {
        name: [ErrorDetail("This filter stands more than once.", code="repeated_filter")]
        for name, values in request.query_params.lists()
        if len(values) > 1 and name not in wrong
    }
    if wrong:
        raise ValidationError(wrong)


def listed(
    request: Request,
    rows: QuerySet[Row, Row],
    *,
    ordering: tuple[str, ...],
    shape: type[Shape] = Shape,
    draw: Callable[[list[Row]], list[dict[str, object]]] | None = None,
) -> dict[str, object]:
    """Rows of this shape; `draw` makes the JSON of a whole page instead, so that it may read what they share at once."""
    pages = Pages(ordering, _size(request))
    try:
        page = list(pages.paginate_queryset(rows, request) or ())
    except (NotFound, DjangoValidationError, ValueError, OverflowError):
        raise ValidationError(
            {"cursor": [ErrorDetail("This is no cursor that this list gave.", code="invalid_cursor")]}
        ) from None
    return {
        "next": pages.get_next_link(),
        "previous": pages.get_previous_link(),
        "results": draw(page) if draw else [shape.draw(row) for row in page],
    }


def _size(request: Request) -> int:
    text = request.query_params.get("page_size", str(SIZE))
    if not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST):
        raise ValidationError(
            {"page_size": [ErrorDetail(f"A whole number from 1 to {MOST}.", code="invalid")]}
        )
    return int(text)
