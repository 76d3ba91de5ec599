"""What the reasons of a decision are called in words: one table for pages, letters and the API.

A reason always says what, why, since when, and what can be done now. Times are written by whoever knows the
reader's zone (`when`); left alone, they are in UTC and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ground.templatetags.recredit import moment_in
from refunds.enums import Grounds
from refunds.explanations import (
    Explain,
    When,
    asset_downloaded,
    bundle_over_limit,
    downloads_in,
    handed_out,
    refunded_before,
    window_closed,
)
from refunds.policy import Evidence, Reason, ReasonCode

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Stored decisions and the API are in this language, whoever reads them.
ENGLISH = "en-gb"


@dataclass(frozen=True, slots=True)
class Words:
    """`grounds` is the kind of request that leads on, `details` has a line for every download that counted."""

    title: str
    explanation: str
    next_step: str
    grounds: Grounds | None = None
    details: tuple[str, ...] = ()


class Row(NamedTuple):
    """The words before they meet the evidence."""

    title: StrOrPromise
    explanation: StrOrPromise | Explain
    next_step: StrOrPromise
    grounds: Grounds | None = None


ASK_SUPPORT = _("Open a request to support with the purchase ID, and a person looks at it.")

REASONS: dict[str, Row] = {
    ReasonCode.NOT_YOURS: Row(
        _("There is no such purchase"),
        _("No purchase of yours has this number."),
        _("Check the number, or sign in with the account that made the purchase."),
    ),
    ReasonCode.ALREADY_REFUNDED: Row(
        _("This purchase was already refunded"),
        refunded_before,
        _(
            "Your credits page shows where they went. If they are missing there, tell support the purchase ID."
        ),
        Grounds.CREDITS_WRONG,
    ),
    ReasonCode.NOT_COMPLETED: Row(
        _("This purchase is not completed"),
        _("Its status is {status}, and only a completed purchase can be refunded."),
        ASK_SUPPORT,
        Grounds.OTHER,
    ),
    "not_completed.pending": Row(
        _("This purchase is not completed yet"),
        _("It is still pending, and only a completed purchase can be refunded."),
        _("Wait until it is completed. The time for a refund starts only then."),
    ),
    "not_completed.completed": Row(
        _("This purchase is not completed yet"),
        _("It counts as completed from {completed_at} on, and only a completed purchase can be refunded."),
        _("Come back after that. The time for a refund starts only then."),
    ),
    "not_completed.cancelled": Row(
        _("This purchase was cancelled"),
        _("It was never completed, so there is nothing to give back."),
        _("If credits are missing from your balance, tell support and give the purchase ID."),
        Grounds.CREDITS_WRONG,
    ),
    "not_completed.charged_back": Row(
        _("The payment for this purchase was charged back"),
        _("The money went back through the bank, so credits cannot be given back for it as well."),
        _("If this is a mistake, open a request to support with the purchase ID."),
        Grounds.OTHER,
    ),
    ReasonCode.WINDOW_CLOSED: Row(
        _("The time for a refund is over"),
        window_closed,
        _(
            "Support can make an exception where there is a good reason. Open a request and say what happened."
        ),
        Grounds.OUT_OF_WINDOW,
    ),
    ReasonCode.ASSET_DOWNLOADED: Row(
        _("This asset was downloaded"),
        asset_downloaded,
        _(
            "If you did not start this download, or it never reached you, open a request with the purchase ID: "
            "support looks at the download record."
        ),
        Grounds.NEVER_DOWNLOADED,
    ),
    ReasonCode.BUNDLE_OVER_LIMIT: Row(
        _("Too much of this bundle was downloaded"),
        bundle_over_limit,
        _(
            "If you did not start one of these downloads, or it never reached you, open a request with the purchase "
            "ID: support looks at the download record."
        ),
        Grounds.NEVER_DOWNLOADED,
    ),
    ReasonCode.EVIDENCE_MISSING: Row(
        _("Nobody knows what was downloaded"),
        _(
            "This purchase was made before the store moved here, and the record of its downloads did not come "
            "along. Without it the policy cannot answer."
        ),
        ASK_SUPPORT,
        Grounds.OTHER,
    ),
}


def in_zone(zone: tzinfo) -> When:
    """A writer of times for readers in this zone, such as `3 Dec 2026, 10:30 CET`."""
    return lambda at: moment_in(at, zone)


IN_UTC = in_zone(UTC)


def message(reason: Reason) -> str:
    """The reason in one breath, for machines that show it to people. It is stored, so it is English."""
    with override(ENGLISH):
        return words(reason).explanation


def words(reason: Reason, *, when: When = IN_UTC) -> Words:
    evidence = reason.evidence
    row = REASONS.get(f"{reason.code}.{evidence.get('status')}") or REASONS[reason.code]
    return Words(
        title=str(row.title),
        explanation=_explained(row, evidence, when),
        next_step=str(row.next_step),
        grounds=row.grounds,
        details=tuple(handed_out(each, when) for each in downloads_in(evidence)),
    )


def _explained(row: Row, evidence: Evidence, when: When) -> str:
    if callable(row.explanation):
        return row.explanation(evidence, when)
    completed_at = evidence.get("completed_at")
    return row.explanation.format(
        status=evidence.get("status"),
        completed_at=when(datetime.fromisoformat(completed_at)) if isinstance(completed_at, str) else "",
    )


def counted(number: int, noun: str) -> str:
    """For operators, who read English."""
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
