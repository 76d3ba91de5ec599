"""What the codes of this room are called in words: one table for pages, letters and the API.

A reason always says what, why, since when, and what can be done now. Times are written by whoever knows the
reader's zone (`when`); left alone, they are in UTC and say so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

from refunds.policy import Evidence, Reason, ReasonCode

When = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class Words:
    """`grounds` is the kind of request that leads on, `details` has a line for every download that counted."""

    title: str
    explanation: str
    next_step: str
    grounds: str | None = None
    details: tuple[str, ...] = ()


MOST_NAMED = 3  # A sentence that names more than this is a list, and the page has one.

ASK_SUPPORT = "Open a request to support with the purchase ID, and a person looks at it."

REASONS: dict[str, Words] = {
    ReasonCode.NOT_YOURS: Words(
        "There is no such purchase",
        "No purchase of yours has this number.",
        "Check the number, or sign in with the account that made the purchase.",
    ),
    ReasonCode.ALREADY_REFUNDED: Words(
        "This purchase was already refunded",
        "{refunded}. A purchase can be refunded once.",
        "Your credits page shows where they went. If they are missing there, tell support the purchase ID.",
        "credits_wrong",
    ),
    ReasonCode.NOT_COMPLETED: Words(
        "This purchase is not completed",
        "Its status is {status}, and only a completed purchase can be refunded.",
        ASK_SUPPORT,
        "other",
    ),
    "not_completed.pending": Words(
        "This purchase is not completed yet",
        "It is still pending, and only a completed purchase can be refunded.",
        "Wait until it is completed. The time for a refund starts only then.",
    ),
    "not_completed.completed": Words(
        "This purchase is not completed yet",
        "It counts as completed from {completed_at} on, and only a completed purchase can be refunded.",
        "Come back after that. The time for a refund starts only then.",
    ),
    "not_completed.cancelled": Words(
        "This purchase was cancelled",
        "It was never completed, so there is nothing to give back.",
        "If credits are missing from your balance, tell support and give the purchase ID.",
        "credits_wrong",
    ),
    "not_completed.charged_back": Words(
        "The payment for this purchase was charged back",
        "The money went back through the bank, so credits cannot be given back for it as well.",
        "If this is a mistake, open a request to support with the purchase ID.",
        "other",
    ),
    ReasonCode.WINDOW_CLOSED: Words(
        "The time for a refund is over",
        "It was completed on {completed_at} and could be refunded for {window_days}, "
        "until {refundable_until}.",
        "Support can make an exception where there is a good reason. Open a request and say what happened.",
        "out_of_window",
    ),
    ReasonCode.ASSET_DOWNLOADED: Words(
        "This asset was downloaded",
        "{downloads}. A single asset can be refunded only as long as it was never downloaded.",
        "If you did not start this download, or it never reached you, open a request with the purchase ID: "
        "support looks at the download record.",
        "never_downloaded",
    ),
    ReasonCode.BUNDLE_OVER_LIMIT: Words(
        "Too much of this bundle was downloaded",
        "Of the {items} in this bundle, {downloaded} {were} downloaded. It can be refunded while {limit} "
        "({bundle_percent} %).{came_along}",
        "If you did not start one of these downloads, or it never reached you, open a request with the purchase "
        "ID: support looks at the download record.",
        "never_downloaded",
    ),
    ReasonCode.EVIDENCE_MISSING: Words(
        "Nobody knows what was downloaded",
        "This purchase was made before the store moved here, and the record of its downloads did not come "
        "along. Without it the policy cannot answer.",
        ASK_SUPPORT,
        "other",
    ),
}

GROUNDS: dict[str, str] = {
    "out_of_window": "The time for a refund is over",
    "never_downloaded": "I never downloaded it",
    "downloaded_by_mistake": "It was downloaded by mistake",
    "not_as_described": "It is not as described",
    "defective": "It does not work",
    "incompatible": "It does not work with my software",
    "rights_infringement": "It infringes somebody's rights",
    "removed_from_store": "It was removed from the store",
    "duplicate_charge": "I was charged twice",
    "server_error": "The store made a technical error",
    "credits_wrong": "My credits are wrong",
    "other": "Something else",
}

BASES: dict[str, str] = {
    "policy": "Refunded under the refund policy",
    "publisher_authorised": "Refunded with the publisher's authorisation",
    "duplicate_charge": "Refunded as a duplicate charge",
    "server_error": "Refunded after a server error",
    "removed_from_store": "Removed from the store",
    "goodwill": "Refunded by the store",
}

STATES: dict[str, str] = {
    "waiting_for_publisher": "Waiting for the publisher",
    "waiting_for_customer": "Waiting for the customer",
    "waiting_for_support": "Waiting for support",
    "waiting_for_second_agent": "Waiting for a second agent",
    "approved": "Approved",
    "rejected": "Rejected",
    "answered": "Answered",
    "withdrawn": "Withdrawn",
    "closed_by_refund": "Closed by a refund",
}


def in_zone(zone: tzinfo) -> When:
    """A writer of times for readers in this zone, such as `3 Dec 2026, 10:30 CET`."""

    def written(at: datetime) -> str:
        local = at.astimezone(zone)
        return f"{local.day} {local:%b %Y, %H:%M %Z}"

    return written


IN_UTC = in_zone(UTC)


def message(reason: Reason) -> str:
    """The reason in one breath, for machines that show it to people."""
    return words(reason).explanation


def words(reason: Reason, *, when: When = IN_UTC) -> Words:
    evidence = reason.evidence
    found = REASONS.get(f"{reason.code}.{evidence.get('status')}") or REASONS[reason.code]
    downloads = _downloads(evidence)
    return Words(
        title=found.title,
        explanation=found.explanation.format_map(_blanks(evidence, downloads, when)),
        next_step=found.next_step,
        grounds=found.grounds,
        details=tuple(f"{_handed_out(each, when)}." for each in downloads),
    )


def _downloads(evidence: Evidence) -> list[dict[str, Any]]:
    downloads = evidence.get("downloads")
    return [each for each in downloads if isinstance(each, dict)] if isinstance(downloads, list) else []


def _blanks(evidence: Mapping[str, Any], downloads: list[dict[str, Any]], when: When) -> dict[str, str]:
    """Every blank that a sentence of the table may have, filled from the evidence."""
    blanks = {key: str(value) for key, value in evidence.items()}
    for key in ("completed_at", "refundable_until", "refunded_at"):
        if evidence.get(key):
            blanks[key] = when(datetime.fromisoformat(evidence[key]))
    if "window_days" in evidence:
        blanks["window_days"] = counted(evidence["window_days"], "day")
    if "limit" in evidence:
        blanks |= _bundle_blanks(evidence, downloads)
    blanks["downloads"] = _first_of(downloads, when)
    blanks["refunded"] = _refunded(evidence, blanks)
    return blanks


def _bundle_blanks(evidence: Mapping[str, Any], downloads: list[dict[str, Any]]) -> dict[str, str]:
    limit = evidence["limit"]
    along = [f"{each['title']}{_because(each)}" for each in downloads if each["cause"] == "dependency"]
    more = len(along) - MOST_NAMED
    rest = f"; and {counted(more, 'more item')}" if more > 0 else ""
    return {
        "items": counted(evidence["items"], "item"),
        "were": "was" if evidence["downloaded"] == 1 else "were",
        "limit": f"at most {limit} {'is' if limit == 1 else 'are'}" if limit else "none is",
        "came_along": f" They include {'; '.join(along[:MOST_NAMED])}{rest}." if along else "",
    }


def _first_of(downloads: list[dict[str, Any]], when: When) -> str:
    if not downloads:
        return ""
    first = _handed_out(downloads[0], when)
    return (
        first
        if len(downloads) == 1
        else f"{first}, and {counted(len(downloads) - 1, 'more time')} after that"
    )


def _handed_out(download: Mapping[str, Any], when: When) -> str:
    at = datetime.fromisoformat(download["at"])
    return f"{download['title']} was downloaded on {when(at)}{_because(download)}"


def _because(download: Mapping[str, Any]) -> str:
    if download["cause"] != "dependency":
        return ""
    requirer = download["via_title"] or download["via"] or "another asset"
    return f", because {requirer} requires it"


def _refunded(evidence: Mapping[str, Any], blanks: Mapping[str, str]) -> str:
    if "credit_note" not in evidence:
        return "It was refunded before"
    came_back = "credit came" if evidence["credits"] == 1 else "credits came"
    return (
        f"{evidence['credits']:,} {came_back} back to you on {blanks['refunded_at']} "
        f"(credit note {evidence['credit_note']})"
    )


def counted(number: int, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{number:,} {noun}s"
