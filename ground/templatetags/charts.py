"""Charts as plain pictures: the same ink, labels on the spot, amounts from zero, a table behind each."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from django import template
from django.utils import timezone

from ground.templatetags.recredit import MONTHS, day, figure

register = template.Library()

# One drawing for desks and one for phones, so that the letters keep their size on both.
WIDE, NARROW = 680, 340
HEIGHT, TOP, FOOT = 220, 24, 28
LEFT, RIGHT = 48, 56


@register.inclusion_tag("_chart.html")
def line_chart(
    title: str, points: Sequence[tuple[datetime, int]], what: str = "Balance"
) -> dict[str, object]:
    """How an amount stood over time: a step at each change, the last value written at its end."""
    top = _round_top(max((value for _, value in points), default=0))
    return {
        "title": title,
        "kind": "line",
        "pictures": [_line_picture(width, points, top) for width in (WIDE, NARROW)]
        if len(points) > 1
        else [],
        "heads": [what],
        "rows": [(day(when), [figure(value)]) for when, value in points],
    }


@register.inclusion_tag("_chart.html")
def bar_chart(
    title: str, rows: Sequence[tuple[str, int | Sequence[int]]], what: str = "Credits"
) -> dict[str, object]:
    """Amounts from zero. A row is (label, amount), or (label, (one, two)) with `what="Sold,Refunded"`."""
    heads = what.split(",")
    plain = [(label, [value] if isinstance(value, int) else list(value)) for label, value in rows]
    top = _round_top(max((value for _, values in plain for value in values), default=0))
    return {
        "title": title,
        "kind": "bars",
        "two": len(heads) == 2,
        "pictures": [_bar_picture(width, plain, top) for width in (WIDE, NARROW)] if plain else [],
        "heads": heads,
        "rows": [(label, [figure(value) for value in values]) for label, values in plain],
    }


def _round_top(highest: int) -> int:
    """The round number in which the axis ends: 1, 2, 4, 5 or 10 times a power of ten."""
    power = 1
    while True:
        for step in (1, 2, 4, 5):
            if step * power >= highest:
                return max(step * power, 4)
        power *= 10


def _frame(width: int, top: int) -> dict[str, object]:
    lines = [top * share // 4 for share in (1, 2, 3, 4)] if top % 4 == 0 else [top]
    return {
        "width": width,
        "height": HEIGHT,
        "narrow": width == NARROW,
        "left": LEFT,
        "right": width - RIGHT,
        "foot": HEIGHT - FOOT,
        "label_y": HEIGHT - 8,
        "grid": [(_at(_height(value, top)), figure(value)) for value in lines],
    }


def _line_picture(width: int, points: Sequence[tuple[datetime, int]], top: int) -> dict[str, object]:
    first, last = points[0][0], points[-1][0]
    whole = (last - first).total_seconds() or 1
    places = [
        (LEFT + (width - LEFT - RIGHT) * (when - first).total_seconds() / whole, _height(value, top))
        for when, value in points
    ]
    steps = "".join(f"H{_at(x)}V{_at(y)}" for _, (x, y) in pairwise(places))
    line = f"M{_at(places[0][0])} {_at(places[0][1])}{steps}"
    end_x, end_y = places[-1]
    return _frame(width, top) | {
        "line": line,
        "area": f"{line}V{HEIGHT - FOOT}H{LEFT}z",
        "end": {"x": _at(end_x), "y": _at(end_y), "text_x": _at(end_x + 8), "text_y": _at(end_y + 4)},
        "value": figure(points[-1][1]),
        "first": _short(first, last),
        "last": _short(last, first),
    }


def _bar_picture(width: int, rows: Sequence[tuple[str, Sequence[int]]], top: int) -> dict[str, object]:
    room = (width - LEFT - 8) / len(rows)
    count = max(len(values) for _, values in rows)
    thick = min(44.0, room * 0.72 / count)
    bars, labels = [], []
    for place, (label, values) in enumerate(rows):
        middle = LEFT + room * (place + 0.5)
        labels.append({"x": _at(middle), "text": label})
        for number, value in enumerate(values):
            x, y = middle + thick * (number - count / 2), _height(value, top)
            bars.append(
                {
                    "x": _at(x + 1),
                    "y": _at(y),
                    "width": _at(thick - 2),
                    "height": _at(HEIGHT - FOOT - y),
                    "text_x": _at(x + thick / 2),
                    "text_y": _at(y - 6),
                    # A nought says itself, except where it is all there is.
                    "value": figure(value) if thick > 17 and (value or count == 1) else "",
                    "second": number == 1,
                }
            )
    # Where the letters would run into each other every second or third label is left out.
    every = max(1, round(len(rows) * 46 / (width - LEFT)))
    return _frame(width, top) | {"right": width - 8, "bars": bars, "labels": labels[::every]}


def _height(value: int, top: int) -> float:
    return HEIGHT - FOOT - (HEIGHT - FOOT - TOP) * max(0, value) / top


def _at(place: float) -> str:
    return f"{place:.1f}"


def _short(when: datetime, other: datetime) -> str:
    """The ends of an axis name their years where they differ."""
    local = timezone.localtime(when)
    year = f" {local.year}" if local.year != timezone.localtime(other).year else ""
    return f"{local.day} {MONTHS[local.month - 1]}{year}"
