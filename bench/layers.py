"""Where the time of one refund goes: a profile, summed up by room of the store and by layer of what it stands on.

What no layer claims (Python's own functions) counts for whoever called it. Profiling makes a call dearer than it is, so
layers of many small calls look larger than they are; that is the same before and after a change.
"""

import cProfile
import pstats
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from traceback import walk_stack
from typing import Any

from django.db import connection

from bench.people import Act

ROOT = Path(__file__).resolve().parent.parent
OTHER = "the rest"
# The first that fits the path of a function's file: below our own folder, or anywhere else.
OURS = (
    ("ground/receipts", "receipts and transactions (ground)"),
    ("ground/transactions", "receipts and transactions (ground)"),
    ("ground/", "many rows at once (ground)"),
    ("accounts/", "people, keys, limits (accounts)"),
    ("outbox/", "letters (outbox)"),
    ("credits/", "ledger (credits)"),
    ("storefront/", "purchases and documents (storefront)"),
    ("refunds/policy", "policy (refunds)"),
    ("refunds/", "facts and settlement (refunds)"),
    ("doors/", "the door"),
    ("bench/", OTHER),
)
OTHERS = (
    ("/psycopg", "psycopg"),
    ("/django/db/models/", "the ORM: building SQL and rows"),
    ("/django/db/", "Django's cursors and transactions"),
    ("/django/core/cache/", "the cache table"),
    ("/django/", "Django: requests, answers, its own tools"),
    ("/rest_framework/", "Django REST framework"),
    ("/json/", "JSON"),
)
ROOMS = ("ground", "accounts", "outbox", "credits", "storefront", "refunds", "doors")
Function = tuple[str, int, str]


def profile(acts: Iterator[Act], *, warm_up: int, times: int) -> dict[str, Any]:
    """Shares of the whole by layer, largest first, and Python calls of one act."""
    for _ in range(warm_up):
        next(acts)()
    profiler = cProfile.Profile()
    for _ in range(times):
        act = next(acts)
        profiler.enable()
        act()
        profiler.disable()
    stats = pstats.Stats(profiler)
    return {"calls": round(stats.total_calls / times), "shares": shares(stats.stats)}  # type: ignore[attr-defined]


def shares(stats: dict[Function, Any]) -> dict[str, float]:
    """By layer, how much of all time was spent in its own functions and in those that nobody claims below them."""

    @cache
    def belongs(function: Function, depth: int = 0) -> dict[str, float]:
        layer = layer_of(function)
        callers = stats[function][4] if function in stats else {}
        if layer or not callers or depth > 8:
            return {layer or OTHER: 1.0}
        whole = sum(spent[2] for spent in callers.values())
        parts: dict[str, float] = defaultdict(float)
        for caller, spent in callers.items():
            weight = spent[2] / whole if whole else 1 / len(callers)
            for name, part in belongs(caller, depth + 1).items():
                parts[name] += weight * part
        return parts

    found: dict[str, float] = defaultdict(float)
    for function, (_, _, own, _, _) in stats.items():
        for name, part in belongs(function).items():
            found[name] += own * part
    whole = sum(found.values())
    ordered = sorted(found.items(), key=lambda part: -part[1])
    return {name: round(spent / whole, 4) for name, spent in ordered}


def layer_of(function: Function) -> str:
    path, _, name = function
    if "/psycopg/" in path and name == "wait":
        return "waiting for the server"
    ours = path.removeprefix(f"{ROOT}/")
    return next(
        (name for part, name in OURS if ours.startswith(part)),
        next((name for part, name in OTHERS if part in path), ""),
    )


def senders(act: Act) -> dict[str, int]:
    """By module of the store, how many statements one act sends from it."""
    found: Counter[str] = Counter()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found[_sender()] += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        act()
    return dict(found.most_common())


def _sender() -> str:
    """The store's own function that is nearest to the statement; `ground` only sends for others."""
    for frame, _ in walk_stack(None):
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in ROOMS:
            return str(path.relative_to(ROOT))
    return OTHER
