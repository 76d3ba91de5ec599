"""A list as a file for spreadsheets."""

from collections.abc import Iterable, Sequence

from django.http import StreamingHttpResponse

from ground.spreadsheets import Cell, lines


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """A download, line by line, so that a long list takes no more memory than a short one."""
    response = StreamingHttpResponse(lines(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
