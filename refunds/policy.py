"""The refund policy, and nothing else.

Facts about one purchase go in, a decision comes out. No clock and no query in here: whoever
asks brings the facts, the terms and the instant, so a page, a machine, an agent and a stored case are all
answered by the same few lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from ground.instants import in_utc, rfc3339
from ground.laws import law
from refunds.question import (
    Cause,
    Download,
    Facts,
    Item,
    Kind,
    PastRefund,
    Status,
    Terms,
)
from storefront.windows import refundable_until

__all__ = [
    "Cause",
    "Decision",
    "Deduction",
    "Download",
    "Facts",
    "Fate",
    "Item",
    "JudgedItem",
    "Kind",
    "PastRefund",
    "Reason",
    "ReasonCode",
    "Restore",
    "Status",
    "Terms",
    "decide",
]

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"
Evidence: TypeAlias = dict[str, Plain]


class Fate(StrEnum):
    KEPT = "kept"
    REVOKED = "revoked"


class ReasonCode(StrEnum):
    """In the order in which reasons are given."""

    NOT_YOURS = "not_yours"
    ALREADY_REFUNDED = "already_refunded"
    NOT_COMPLETED = "not_completed"
    WINDOW_CLOSED = "window_closed"
    ASSET_DOWNLOADED = "asset_downloaded"
    BUNDLE_OVER_LIMIT = "bundle_over_limit"
    EVIDENCE_MISSING = "evidence_missing"


@dataclass(frozen=True, slots=True)
class Reason:
    code: ReasonCode
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Deduction:
    asset: str
    credits: int


@dataclass(frozen=True, slots=True)
class Restore:
    """The lot that credits go back to. The policy does not know lots; the caller fills this in."""

    lot: int
    kind: str
    credits: int
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class JudgedItem:
    asset: str
    title: str
    original_price: int
    downloaded: bool
    downloads: tuple[Download, ...]
    after_refund: Fate | None


@dataclass(frozen=True, slots=True)
class Decision:
    eligible: bool
    credits: int
    credits_spent: int
    reasons: tuple[Reason, ...]
    items: tuple[JudgedItem, ...]
    deductions: tuple[Deduction, ...]
    refundable_until: datetime | None
    decided_at: datetime
    terms: Terms
    restores: tuple[Restore, ...] = ()

    @property
    def full(self) -> bool:
        """A refund is full when nothing was downloaded, whatever the amounts."""
        return not any(item.downloaded for item in self.items)


def decide(facts: Facts, *, terms: Terms, now: datetime) -> Decision:
    now = in_utc(now)
    if facts.requester != facts.owner:
        return _nothing_to_see(terms, now)
    reasons = tuple(_reasons(facts, terms, now))
    eligible = not reasons
    deductions = tuple(Deduction(item.asset, item.original_price) for item in facts.items if item.downloaded)
    left = max(0, facts.credits_spent - sum(deduction.credits for deduction in deductions))
    decision = Decision(
        eligible=eligible,
        credits=left if eligible else 0,
        credits_spent=facts.credits_spent,
        reasons=reasons,
        items=tuple(_judged(item, eligible) for item in facts.items),
        deductions=deductions if eligible else (),
        refundable_until=_until(facts, terms),
        decided_at=now,
        terms=terms,
    )
    law(0 <= decision.credits <= decision.credits_spent, "never more comes back than was spent")
    return decision


def _nothing_to_see(terms: Terms, now: datetime) -> Decision:
    """A stranger learns nothing, not even what was paid."""
    return Decision(
        eligible=False,
        credits=0,
        credits_spent=0,
        reasons=(Reason(ReasonCode.NOT_YOURS, {}),),
        items=(),
        deductions=(),
        refundable_until=None,
        decided_at=now,
        terms=terms,
    )


def _reasons(facts: Facts, terms: Terms, now: datetime) -> Iterator[Reason]:
    """Every rule is asked, whatever the others say, so that nobody fixes one thing and is then told of the next."""
    answers: tuple[tuple[ReasonCode, Evidence | None], ...] = (
        (ReasonCode.ALREADY_REFUNDED, _refunded_before(facts)),
        (ReasonCode.NOT_COMPLETED, _not_completed(facts, now)),
        (ReasonCode.WINDOW_CLOSED, _too_late(facts, terms, now)),
        (ReasonCode.ASSET_DOWNLOADED, _asset_downloaded(facts)),
        (ReasonCode.BUNDLE_OVER_LIMIT, _too_much_downloaded(facts, terms)),
        (
            ReasonCode.EVIDENCE_MISSING,
            None if facts.download_log else {"download_log": False},
        ),
    )
    return (Reason(code, evidence) for code, evidence in answers if evidence is not None)


def _refunded_before(facts: Facts) -> Evidence | None:
    past = facts.refund
    if past is not None:
        return {
            "credit_note": past.credit_note,
            "refunded_at": rfc3339(past.refunded_at),
            "credits": past.credits,
        }
    return {} if facts.status is Status.REFUNDED else None


def _not_completed(facts: Facts, now: datetime) -> Evidence | None:
    done_by_now = facts.completed_at is not None and facts.completed_at <= now
    if facts.status is Status.REFUNDED or (facts.status is Status.COMPLETED and done_by_now):
        return None
    completed_at = None if facts.completed_at is None else rfc3339(facts.completed_at)
    return {"status": facts.status.value, "completed_at": completed_at}


def _too_late(facts: Facts, terms: Terms, now: datetime) -> Evidence | None:
    """The last instant of the window is inside. What never completed has no window to miss."""
    completed_at, until = facts.completed_at, _until(facts, terms)
    if completed_at is None or until is None or now <= until:
        return None
    return {
        "completed_at": rfc3339(completed_at),
        "refundable_until": rfc3339(until),
        "window_days": terms.window_days,
    }


def _until(facts: Facts, terms: Terms) -> datetime | None:
    return refundable_until(
        status=facts.status, completed_at=facts.completed_at, window_days=terms.window_days
    )


def _asset_downloaded(facts: Facts) -> Evidence | None:
    if facts.kind is not Kind.ASSET or not facts.items[0].downloaded:
        return None
    return {"downloads": [_named(facts.items[0], each) for each in facts.items[0].counted]}


def _too_much_downloaded(facts: Facts, terms: Terms) -> Evidence | None:
    """Items count, not files: the first download of each is the one that made it count."""
    downloaded = [item for item in facts.items if item.downloaded]
    inside = len(downloaded) * 100 <= len(facts.items) * terms.bundle_percent
    if facts.kind is not Kind.BUNDLE or inside:
        return None
    return {
        "downloaded": len(downloaded),
        "items": len(facts.items),
        "limit": len(facts.items) * terms.bundle_percent // 100,
        "bundle_percent": terms.bundle_percent,
        "downloads": [_named(item, item.counted[0]) for item in downloaded],
    }


def _named(item: Item, download: Download) -> Evidence:
    return {
        "asset": item.asset,
        "title": item.title,
        "at": rfc3339(download.at),
        "cause": download.cause.value,
        "via": download.via,
        "via_title": download.via_title,
    }


def _judged(item: Item, eligible: bool) -> JudgedItem:
    fate = Fate.KEPT if item.downloaded else Fate.REVOKED
    return JudgedItem(
        asset=item.asset,
        title=item.title,
        original_price=item.original_price,
        downloaded=item.downloaded,
        downloads=item.downloads,
        after_refund=fate if eligible else None,
    )
