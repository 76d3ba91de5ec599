"""The bars: what an act may cost at most. A figure is met or missed, and the report says which."""

from dataclasses import dataclass
from typing import Any

SERVICE, API, PAGE = "service", "API", "page"  # through what an act goes
GROWTH = 1.5  # shared buffers of a refund in the largest store, to those in the smallest


@dataclass(frozen=True)
class Bar:
    """The most statements, the most times a TPC-B transaction, the most times an empty view."""

    statements: int | None = None
    tpcb: float | None = None
    view: float | None = None


NONE = Bar()
BARS = {
    **{(key, SERVICE): Bar(18, tpcb=20) for key in ("refund-full", "refund-partial")},
    **{(key, API): Bar(22, tpcb=20) for key in ("refund-full", "refund-partial")},
    **{(key, SERVICE): Bar(18) for key in ("refund-full-large", "refund-partial-large")},
    **{(key, API): Bar(22) for key in ("refund-full-large", "refund-partial-large")},
    **{(f"buy-{what}", SERVICE): Bar(18) for what in ("asset", "kit", "hundred", "five-hundred")},
    **{(f"buy-{what}", API): Bar(22) for what in ("asset", "kit", "hundred", "five-hundred")},
    ("further-item", SERVICE): Bar(tpcb=0.1),
    ("further-item", API): Bar(tpcb=0.1),
    ("quote", SERVICE): Bar(4, view=8),
    ("quote", API): Bar(5, view=8),
    ("download", SERVICE): Bar(10),
    ("download", API): Bar(14),
    ("redeem", SERVICE): Bar(10),
    ("redeem", API): Bar(14),
    ("balance", API): Bar(5),
    ("verify", API): Bar(6),
    ("page", PAGE): Bar(14),
}


def bar_of(row: dict[str, Any]) -> Bar:
    return BARS.get((row["key"], row["way"]), NONE)


def verdicts(rows: list[dict[str, Any]]) -> list[bool]:
    """For each bar that there is, whether it is met."""
    return [
        row[what] <= most
        for row in rows
        for what in ("statements", "tpcb", "view")
        if (most := getattr(bar_of(row), what)) is not None
    ]
