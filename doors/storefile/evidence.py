"""Facts and decisions in a load: read from the file when it brings them, else gathered from its lines and judged anew.

Stored, both hold ids of this store; in a file they hold what people call these things: e-mails and refs.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from credits.bulk_rows import BulkLot
from credits.restoring import restoration_of
from doors.storefile.names import Names
from doors.storefile.people import People
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.sold import Handed, Sold
from refunds.policy import Cause, Decision, Download, Facts, Item, Kind, PastRefund, Restore, Status, decide
from refunds.serial import canonical, decision_from_json, decision_to_json, facts_from_json, facts_to_json
from storefront.models import Download as DownloadRow


@dataclass(frozen=True)
class Found:
    """Facts and decision, with the texts that are stored of them."""

    facts: Facts
    decision: Decision
    facts_text: str
    decision_text: str


class Evidence:
    def __init__(self, *, names: Names, people: People) -> None:
        self._names = names
        self._people = people

    def of(self, line: Line, sold: Sold, at: datetime) -> Found:
        """What was known and what the policy said of it, for a line that refunds or denies."""
        if "facts" in line:
            facts_told = self._with_ids(line["facts"])
            facts = _read("facts", lambda: facts_from_json(facts_told))
        else:
            facts = facts_of(sold, as_of=at)
            facts_told = facts_to_json(facts)
        if facts.invoice != sold.number or facts.owner != sold.customer.pk:
            raise LineRefused("has the facts of another purchase")
        if "decision" in line:
            told = {**line["decision"]}
            told["restores"] = [self._restore(each) for each in told.get("restores", [])]
            decision = _read("decision", lambda: decision_from_json(told))
        else:
            decision = judged(facts, sold, at)
            told = decision_to_json(decision)
        return Found(facts, decision, canonical(facts_told), canonical(told))

    def _with_ids(self, told: dict[str, Any]) -> dict[str, Any]:
        people = {key: told[key] for key in ("owner", "requester") if told.get(key) is not None}
        return {**told, **{key: self._people.find(str(email)).pk for key, email in people.items()}}

    def _restore(self, told: dict[str, Any]) -> dict[str, Any]:
        return {**told, "lot": self._names.ref(str(told.get("lot")), BulkLot, "grant").pk}


def facts_of(sold: Sold, *, as_of: datetime) -> Facts:
    """As `refunds.facts` gathers them from rows, from lines that may not be rows yet."""
    handed: dict[int, list[Download]] = {}
    for place, download in _downloads(sold, as_of):
        handed.setdefault(place, []).append(download)
    past = None
    if sold.settled and sold.settled.at <= as_of:
        past = PastRefund(sold.settled.credit_note, sold.settled.at, sold.settled.credits)
    return Facts(
        requester=sold.customer.pk,
        owner=sold.customer.pk,
        invoice=sold.number,
        kind=Kind.BUNDLE if sold.is_bundle else Kind.ASSET,
        title=sold.title,
        status=Status(sold.status),
        completed_at=sold.completed_at,
        credits_spent=sold.credits_spent,
        items=tuple(
            Item(part.slug, part.title, part.original_price, tuple(handed.get(place, ())))
            for place, part in enumerate(sold.parts)
        ),
        download_log=sold.download_log,
        refund=past,
    )


def judged(facts: Facts, sold: Sold, at: datetime) -> Decision:
    decision = decide(facts, terms=sold.terms.for_policy(), now=at)
    if not decision.credits or sold.payment is None:
        return decision
    plan = restoration_of(
        reversed(sold.payment.usages), paid_at=sold.payment.at, credits=decision.credits, now=at
    )
    return replace(
        decision,
        restores=tuple(
            Restore(part.usage.lot.pk, str(part.kind), part.credits, part.expires_at) for part in plan
        ),
    )


def _downloads(sold: Sold, as_of: datetime) -> list[tuple[int, Download]]:
    if sold.handed is None:
        return _downloads_of_rows(sold, as_of)
    ordered = sorted(sold.handed, key=lambda each: (each.at, each.pk))
    return [(each.place, _download(each, as_of)) for each in ordered if each.at <= as_of]


def _download(handed: Handed, as_of: datetime) -> Download:
    return Download(
        at=handed.at,
        cause=Cause(handed.cause),
        via=handed.via.slug if handed.via else None,
        struck=handed.struck_at is not None and handed.struck_at <= as_of,
        via_title=handed.via.title if handed.via else None,
    )


def _downloads_of_rows(sold: Sold, as_of: datetime) -> list[tuple[int, Download]]:
    rows = (
        DownloadRow.objects.filter(purchase=sold.pk, at__lte=as_of).select_related("via").order_by("at", "id")
    )
    places = {pk: place for place, pk in enumerate(sold.item_ids)}
    return [
        (
            places[row.item_id],
            Download(
                at=row.at,
                cause=Cause(row.cause),
                via=row.via.slug if row.via else None,
                struck=row.struck_at is not None and row.struck_at <= as_of,
                via_title=row.via.title if row.via else None,
            ),
        )
        for row in rows
    ]


def _read(key: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise LineRefused(
            f"has “{key}” that cannot be read: they are written by a dump, never by hand"
        ) from None
