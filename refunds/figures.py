"""How many refunds, denials and look-ups there were, and why: for operators, who ask every few seconds.

The rows are the truth. What is older than five minutes is counted once and remembered in the cache; each asking reads
the rows that came since. A lost cache costs one long count and no figure.
"""

import json
from collections import Counter
from datetime import datetime, timedelta
from typing import TypeVar

from django.core.cache import cache
from django.db.models import Count, Model, QuerySet, Sum

from ground import tally
from refunds.models import Basis, Denial, LookUp, Refund
from refunds.policy import Decision, ReasonCode

REMEMBERED = "refunds:figures"
SETTLED_AFTER = timedelta(minutes=5)  # a row that is younger may be overtaken by one with a higher number
SomeModel = TypeVar("SomeModel", bound=Model)
Figures = Counter[tuple[str, str]]


def figures(now: datetime) -> Figures:
    """By (what, which): every figure that there can be, zeros included."""
    remembered: dict[str, tuple[int, dict[tuple[str, str], int]]] = cache.get(REMEMBERED, {})
    counts: Figures = Counter()
    keep = {}
    for model, read in READERS.items():
        name = model._meta.model_name or ""
        last, counted = remembered.get(name, (0, {}))
        settled = _newest_settled(model, now, last)
        old = Counter(counted)
        if settled > last:
            old.update(read(last, settled))
        keep[name] = settled, dict(old)
        counts.update(old)
        counts.update(read(settled, None))
    cache.set(REMEMBERED, keep, timeout=None)
    counts.update({("quotes", outcome): tally.total(f"quotes.{outcome}") for outcome in OUTCOMES})
    counts.update({("quote_reasons", code): tally.total(f"quote_reasons.{code}") for code in REASONS})
    return counts


def count_quote(decision: Decision) -> None:
    tally.count(f"quotes.{'eligible' if decision.eligible else 'denied'}")
    for reason in decision.reasons:
        tally.count(f"quote_reasons.{reason.code.value}")


def _newest_settled(model: type[Model], now: datetime, last: int) -> int:
    rows = model._default_manager.filter(pk__gt=last, at__lte=now - SETTLED_AFTER).order_by("-pk")
    return rows.values_list("pk", flat=True).first() or last


def _refunds(after: int, until: int | None) -> Figures:
    counts: Figures = Counter()
    rows = _between(Refund, after, until).order_by().values("basis")
    for row in rows.annotate(count=Count("pk"), back=Sum("credits")):
        counts["refunds", row["basis"]] = row["count"]
        counts["credits_returned", row["basis"]] = row["back"]
    return counts


def _denials(after: int, until: int | None) -> Figures:
    counts: Figures = Counter()
    for decision in _between(Denial, after, until).values_list("decision", flat=True).iterator():
        counts["denials", ""] += 1
        for reason in json.loads(decision)["reasons"]:
            counts["denial_reasons", reason["code"]] += 1
    return counts


def _look_ups(after: int, until: int | None) -> Figures:
    rows = _between(LookUp, after, until).order_by().values_list("hit").annotate(count=Count("pk"))
    return Counter({("look_ups", "hit" if hit else "miss"): count for hit, count in rows})


def _between(model: type[SomeModel], after: int, until: int | None) -> "QuerySet[SomeModel]":
    rows = model._default_manager.filter(pk__gt=after)
    return rows if until is None else rows.filter(pk__lte=until)


READERS = {Refund: _refunds, Denial: _denials, LookUp: _look_ups}
OUTCOMES = ("eligible", "denied")
REASONS = tuple(code.value for code in ReasonCode if code != ReasonCode.NOT_YOURS)
EVERY = (
    *(("quotes", outcome) for outcome in OUTCOMES),
    *(("quote_reasons", code) for code in REASONS),
    *(("refunds", basis) for basis in Basis.values),
    *(("credits_returned", basis) for basis in Basis.values),
    ("denials", ""),
    *(("denial_reasons", code) for code in REASONS),
    *(("look_ups", answer) for answer in ("hit", "miss")),
)
