"""Alternating rounds: TPC-B and the empty view, an act, TPC-B and the empty view, the next act. Each act is compared with
what stood just before and just after it, and the middle of the rounds counts: so a machine that is slow for a while is
slow for all of them.
"""

import gc
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import mean, median, mode, quantiles
from typing import Any

from django.db import connection

from bench.people import Act
from bench.sizes import Size

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass(frozen=True)
class Call:
    seconds: float
    python: float  # seconds of this process alone: neither the server's nor those spent waiting for a core
    statements: int


@dataclass(frozen=True)
class Base:
    """What acts are compared with."""

    tpcb: float
    view: float
    view_python: float


@dataclass
class Row:
    """One act, through one door. `acts` prepares a fresh one each time, outside of what is timed."""

    key: str
    title: str
    way: str
    acts: Iterator[Act]
    large: bool = False
    statements: list[int] = field(default_factory=list)
    of_tpcb: list[float] = field(default_factory=list)
    of_view: list[float] = field(default_factory=list)
    of_python: list[float] = field(default_factory=list)

    def warm_up(self, size: Size) -> None:
        for _ in range(size.large_warm_up if self.large else size.warm_up):
            timed(next(self.acts))

    def take_part(self, size: Size) -> list[Call]:
        return [timed(next(self.acts)) for _ in range(size.large_calls if self.large else size.calls)]

    def compare(self, calls: Sequence[Call], before: Base, after: Base) -> None:
        middle = median(call.seconds for call in calls)
        self.statements += [call.statements for call in calls]
        self.of_tpcb.append(middle / mean((before.tpcb, after.tpcb)))
        self.of_view.append(middle / mean((before.view, after.view)))
        python = mean((before.view_python, after.view_python))
        self.of_python.append(median(call.python for call in calls) / python)

    def figures(self) -> dict[str, Any]:
        """The usual number of statements, and the most: once a minute a key's use is noted, and counts are kept."""
        return {
            "key": self.key,
            "title": self.title,
            "way": self.way,
            "statements": mode(self.statements),
            "statements_most": max(self.statements),
            **told("tpcb", self.of_tpcb),
            "view": round(median(self.of_view), 3),
            "python": round(median(self.of_python), 3),
        }


@dataclass(frozen=True)
class Slope:
    """What each further item costs: the difference of two rows, by the items between them."""

    title: str
    way: str
    few: Row
    many: Row
    items: int

    def figures(self) -> dict[str, Any]:
        rounds = zip(self.few.of_tpcb, self.many.of_tpcb, strict=True)
        each = [(many - few) / self.items for few, many in rounds]
        return {"key": "further-item", "title": self.title, "way": self.way, **told("tpcb", each)}


def told(name: str, found: Sequence[float]) -> dict[str, float]:
    """The middle of all rounds, and between what the middle half of them lay."""
    low, middle, high = quantiles([*found, *found], n=4)
    return {name: round(middle, 4), f"{name}_low": round(low, 4), f"{name}_high": round(high, 4)}


def measure(rows: Sequence[Row], *, size: Size, tpcb: Callable[[], float], view: Act) -> dict[str, float]:
    """Fills the rows; gives how far TPC-B itself moved, and what an empty view is of it."""
    for row in rows:
        row.warm_up(size)
    bases = [_base(size, tpcb, view)]
    for _ in range(size.rounds):
        for row in rows:
            gc.collect()
            calls = row.take_part(size)
            bases.append(_base(size, tpcb, view))
            row.compare(calls, *bases[-2:])
    moved = told("tpcb", [base.tpcb for base in bases])
    return {
        "view_of_tpcb": round(median(base.view / base.tpcb for base in bases), 3),
        "tpcb_moved": round(moved["tpcb_high"] / moved["tpcb_low"], 2),
    }


def _base(size: Size, tpcb: Callable[[], float], view: Act) -> Base:
    calls = [timed(view) for _ in range(size.views)]
    return Base(tpcb(), median(call.seconds for call in calls), median(call.python for call in calls))


def timed(act: Act) -> Call:
    with counting() as seen:
        started, python = time.perf_counter(), time.process_time()
        act()
        python, ended = time.process_time() - python, time.perf_counter()
    return Call(ended - started, python, len(seen))


@contextmanager
def counting() -> Iterator[list[str]]:
    """The statements sent meanwhile, without those that only frame a transaction."""
    seen: list[str] = []

    def count(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(FRAME):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield seen
