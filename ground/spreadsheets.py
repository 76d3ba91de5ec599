"""CSV that is only ever read as text and figures: a cell that a spreadsheet would run as a formula is quoted."""

import csv
from collections.abc import Iterable, Iterator, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
Cell = str | int | None


class _Echo:
    def write(self, line: str) -> str:
        return line


def lines(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    # Spreadsheets take UTF-8 for something else unless it begins with this mark.
    yield "\ufeff" + writer.writerow(head)
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


def harmless(cell: Cell) -> str | int:
    """Figures stay figures, also negative ones; text that begins like a formula is led by an apostrophe."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return cell
    text = cell.replace("\x00", "")
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
