"""Facts and decisions as JSON: what the API says, what is stored for good, and the way back from it.

The shape and the order of the keys of a decision are promised to the outside. What is read back is what was
written: a stored decision can be shown again, and stored facts can be judged again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ground.instants import rfc3339
from refunds.policy import Decision, Deduction, Fate, JudgedItem, Reason, ReasonCode, Restore
from refunds.question import Cause, Download, Facts, Item, Kind, PastRefund, Status, Terms
from refunds.wording import message

Json = dict[str, Any]
Stored = Mapping[str, Any]


def decision_to_json(decision: Decision) -> Json:
    return {
        "eligible": decision.eligible,
        "credits": decision.credits,
        "credits_spent": decision.credits_spent,
        "reasons": [_reason(reason) for reason in decision.reasons],
        "items": [_judged_item(item) for item in decision.items],
        "deductions": [{"asset": each.asset, "credits": each.credits} for each in decision.deductions],
        "restores": [_restore(restore) for restore in decision.restores],
        "refundable_until": rfc3339(decision.refundable_until),
        "decided_at": rfc3339(decision.decided_at),
        "terms": _terms(decision.terms),
    }


def _reason(reason: Reason) -> Json:
    return {"code": reason.code.value, "message": message(reason), "evidence": reason.evidence}


def _judged_item(item: JudgedItem) -> Json:
    return {
        "asset": item.asset,
        "title": item.title,
        "original_price": item.original_price,
        "downloaded": item.downloaded,
        "downloads": [_download(download) for download in item.downloads],
        "after_refund": None if item.after_refund is None else item.after_refund.value,
    }


def _download(download: Download) -> Json:
    return {
        "at": rfc3339(download.at),
        "cause": download.cause.value,
        "via": download.via,
        "struck": download.struck,
    }


def _restore(restore: Restore) -> Json:
    return {
        "lot": restore.lot,
        "kind": str(restore.kind),
        "credits": restore.credits,
        "expires_at": rfc3339(restore.expires_at),
    }


def _terms(terms: Terms) -> Json:
    return {
        "version": terms.version,
        "window_days": terms.window_days,
        "bundle_percent": terms.bundle_percent,
    }


def decision_from_json(stored: Stored) -> Decision:
    """The decision as it was given. The instant from which its terms were in force is not part of it."""
    return Decision(
        eligible=stored["eligible"],
        credits=stored["credits"],
        credits_spent=stored["credits_spent"],
        reasons=tuple(Reason(ReasonCode(each["code"]), each["evidence"]) for each in stored["reasons"]),
        items=tuple(_read_judged_item(each) for each in stored["items"]),
        deductions=tuple(Deduction(each["asset"], each["credits"]) for each in stored["deductions"]),
        restores=tuple(_read_restore(each) for each in stored["restores"]),
        refundable_until=_read_instant(stored["refundable_until"]),
        decided_at=datetime.fromisoformat(stored["decided_at"]),
        terms=_read_terms(stored["terms"]),
    )


def _read_judged_item(stored: Stored) -> JudgedItem:
    fate = stored["after_refund"]
    return JudgedItem(
        asset=stored["asset"],
        title=stored["title"],
        original_price=stored["original_price"],
        downloaded=stored["downloaded"],
        downloads=_read_downloads(stored["downloads"]),
        after_refund=None if fate is None else Fate(fate),
    )


def _read_restore(stored: Stored) -> Restore:
    return Restore(stored["lot"], stored["kind"], stored["credits"], _read_instant(stored["expires_at"]))


def _read_terms(stored: Stored) -> Terms:
    return Terms(stored["version"], None, stored["window_days"], stored["bundle_percent"])


def facts_to_json(facts: Facts) -> Json:
    return {
        "requester": facts.requester,
        "owner": facts.owner,
        "invoice": facts.invoice,
        "kind": facts.kind.value,
        "title": facts.title,
        "status": facts.status.value,
        "completed_at": rfc3339(facts.completed_at),
        "credits_spent": facts.credits_spent,
        "items": [_item(item) for item in facts.items],
        "download_log": facts.download_log,
        "refund": None if facts.refund is None else _past_refund(facts.refund),
    }


def _item(item: Item) -> Json:
    return {
        "asset": item.asset,
        "title": item.title,
        "original_price": item.original_price,
        "downloads": [_download(each) | {"via_title": each.via_title} for each in item.downloads],
    }


def _past_refund(past: PastRefund) -> Json:
    return {
        "credit_note": past.credit_note,
        "refunded_at": rfc3339(past.refunded_at),
        "credits": past.credits,
    }


def facts_from_json(stored: Stored) -> Facts:
    return Facts(
        requester=stored["requester"],
        owner=stored["owner"],
        invoice=stored["invoice"],
        kind=Kind(stored["kind"]),
        title=stored["title"],
        status=Status(stored["status"]),
        completed_at=_read_instant(stored["completed_at"]),
        credits_spent=stored["credits_spent"],
        items=tuple(_read_item(each) for each in stored["items"]),
        download_log=stored["download_log"],
        refund=_read_past_refund(stored["refund"]),
    )


def _read_item(stored: Stored) -> Item:
    downloads = _read_downloads(stored["downloads"])
    return Item(stored["asset"], stored["title"], stored["original_price"], downloads)


def _read_past_refund(stored: Stored | None) -> PastRefund | None:
    if stored is None:
        return None
    refunded_at = datetime.fromisoformat(stored["refunded_at"])
    return PastRefund(stored["credit_note"], refunded_at, stored["credits"])


def _read_downloads(stored: Sequence[Stored]) -> tuple[Download, ...]:
    return tuple(
        Download(
            at=datetime.fromisoformat(each["at"]),
            cause=Cause(each["cause"]),
            via=each["via"],
            struck=each["struck"],
            via_title=each.get("via_title"),
        )
        for each in stored
    )


def _read_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
