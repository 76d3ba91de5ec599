"""Lines about what is settled for good: refunds, denials, charge-backs."""

from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from credits.bulk import BulkLedger
from credits.copying import copy_rows, fresh_ids
from credits.ledger import canonical
from doors.storefile.evidence import Evidence, Found
from doors.storefile.laws import assert_as_the_policy_says, assert_refundable, kept_places, plan_of
from doors.storefile.moments import moment
from doors.storefile.names import Names
from doors.storefile.numbering import Numbering
from doors.storefile.people import People
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.sold import Asked, Settled, Sold
from doors.storefile.writing import SoldRows, document_row
from refunds.credit_notes import credit_note_facts
from refunds.models import Case, CreditNote, Denial, Refund
from refunds.policy import Facts
from refunds.settlement import refund_digest
from refunds.shares import Stake, kept_shares
from storefront.models import Document, Status

REFUND = (
    *("id", "purchase_id", "customer_id", "credits", "basis", "full", "facts", "decision", "requested_by_id"),
    *("door", "case_id", "at", "digest"),
)
DENIAL = ("purchase_id", "customer_id", "facts", "decision", "requested_by_id", "door", "at")
NOTE = ("refund_id", "customer_id", "number", "facts", "issued_at")


class SettledLines:
    def __init__(
        self,
        *,
        names: Names,
        people: People,
        ledger: BulkLedger,
        rows: SoldRows,
        evidence: Evidence,
        close_case: Callable[..., Any],
        audit: Callable[..., Any],
        refuse: Callable[[int, str], Any],
    ) -> None:
        self._names = names
        self._people = people
        self._ledger = ledger
        self._rows = rows
        self._evidence = evidence
        self._close_case = close_case
        self._audit = audit
        self._refuse = refuse
        self.numbering = Numbering("CN", model=CreditNote)
        self._refunds: list[Refund] = []
        self._denials: list[tuple[Any, ...]] = []
        self._notes: list[tuple[Any, ...]] = []
        self._documents: list[tuple[Any, ...]] = []
        self._given: dict[str, int] = {}

    def refund(self, line: Line, number: int) -> None:
        sold: Sold = self._names.ref(line["purchase"], Sold, "purchase")
        at, credits = moment(line["at"]), line["credits"]
        assert_refundable(sold, credits, at)
        case = self._case(line)
        found = self._evidence.of(line, sold, at)
        facts, decision = found.facts, found.decision
        assert_as_the_policy_says(line, decision)
        kept = kept_places(line, sold, facts)
        full = not kept and not any(item.downloaded for item in facts.items)
        refund = self._record(line, sold, found, full=full, case=case, at=at)
        if credits:
            self._restore(line, sold, refund)
        sold.status, sold.revoked_at = Status.REFUNDED, None if kept else at
        if "credit_note" in line:
            note = self.numbering.claim(line["credit_note"])
            self._given[note] = number
        else:
            note = self.numbering.next()
        stakes = [
            Stake(part.share, part.original_price, place in kept) for place, part in enumerate(sold.parts)
        ]
        shares = kept_shares(stakes, credits_back=credits, basis=line["basis"], full=full)
        sold.settled = Settled(at, credits, note, shares, kept)
        self._issue(line, sold, refund, note)
        if case is None:
            self._remember(sold, facts, at)
            self._close_case(sold, act="refunded", by=refund.requested_by_id, at=at, credits=credits)
        self._rows.changed(sold)

    def denial(self, line: Line) -> None:
        sold: Sold = self._names.ref(line["purchase"], Sold, "purchase")
        at = moment(line["at"])
        by = self._people.find(line["by"]) if "by" in line else sold.customer
        found = self._evidence.of(line, sold, at)
        if found.decision.eligible:
            raise LineRefused("denies what the policy grants")
        self._denials.append(
            (
                *(sold.pk, sold.customer.pk, found.facts_text, found.decision_text),
                *(by.pk, line.get("door", "file"), at),
            )
        )
        self._remember(sold, found.facts, at)

    def charge_back(self, line: Line) -> None:
        sold: Sold = self._names.ref(line["purchase"], Sold, "purchase")
        at, by = moment(line["at"]), self._people.find(line["by"]).pk if "by" in line else None
        if sold.status not in {Status.COMPLETED, Status.REFUNDED}:
            raise LineRefused(f"charges back a purchase that is {sold.status}")
        if sold.completed_at is None or at < sold.completed_at:
            raise LineRefused("charges back a purchase before it was completed")
        self._rows.charge_back(sold, at=at, why=line["why"], by=by)
        self._close_case(sold, act="charged_back", by=by, at=at)
        if by is not None:
            self._audit(by=by, act="charge_back", subject=sold.number, why=line["why"], at=at)

    def store(self) -> None:
        for line, reason in self.numbering.taken(self._given):
            self._refuse(line, reason)
            return
        # Lists show the newest first by id, so ids follow time and not the lines.
        refunds = sorted(self._refunds, key=lambda refund: refund.at)
        ids = dict(zip((refund.purchase_id for refund in refunds), fresh_ids(Refund), strict=False))
        copy_rows(Refund, REFUND, (_row(refund, ids[refund.purchase_id]) for refund in refunds))
        copy_rows(CreditNote, NOTE, ((ids[purchase], *note) for purchase, *note in self._notes))
        copy_rows(Denial, DENIAL, sorted(self._denials, key=lambda denial: denial[-1]))
        copy_rows(Document, ("number", "pdf", "rendered_at"), self._documents)
        self.numbering.store()

    def _case(self, line: Line) -> Case | None:
        if "case" not in line:
            return None
        case: Case | None = self._names.get("case", line["case"])
        if case is None:
            raise LineRefused(f"names the case {line['case']}, and no line above it is about it")
        return case

    def _record(
        self,
        line: Line,
        sold: Sold,
        found: Found,
        *,
        full: bool,
        case: Case | None,
        at: datetime,
    ) -> Refund:
        by = self._people.find(line["requested_by"]) if "requested_by" in line else sold.customer
        refund = Refund(
            purchase_id=sold.pk,
            customer_id=sold.customer.pk,
            credits=line["credits"],
            basis=line["basis"],
            full=full,
            facts=found.facts_text,
            decision=found.decision_text,
            requested_by_id=by.pk,
            door=line.get("door", "file"),
            case_id=case.pk if case else None,
            at=at,
        )
        refund.digest = refund_digest(refund, sold.number)
        self._refunds.append(refund)
        return refund

    def _restore(self, line: Line, sold: Sold, refund: Refund) -> None:
        assert sold.payment is not None, "credits were spent, so there is a payment"
        told = line.get("restores")
        done = self._ledger.restore(
            payment=sold.payment,
            credits=refund.credits,
            evidence=refund.digest,
            memo=f"Refund of {sold.title}",
            made_by=refund.requested_by_id,
            at=refund.at,
            plan=plan_of(told, sold.payment.usages, refund.credits, self._names) if told else None,
        )
        for part, (_, lot) in zip(told or (), done, strict=False):
            if "ref" in part:
                self._names.keep("ref", part["ref"], lot)

    def _issue(self, line: Line, sold: Sold, refund: Refund, note: str) -> None:
        document = line.get("document")
        issued_at = moment(document["issued_at"]) if document else refund.at
        facts = document["facts"] if document else {"number": note, **_note_facts(refund, sold)}
        self._notes.append((sold.pk, sold.customer.pk, note, canonical(facts), issued_at))
        if document and "pdf" in document:
            self._documents.append(document_row(note, document))

    def _remember(self, sold: Sold, facts: Facts, at: datetime) -> None:
        """How things stood when a refund was last asked for, unless the purchase's own line says it; a line
        of an earlier time may stand below."""
        if sold.asked_was_told or (sold.asked is not None and at < sold.asked.at):
            return
        downloaded = [item for item in facts.items if item.downloaded]
        sold.asked = Asked(at, len(downloaded), sum(item.original_price for item in downloaded))
        self._rows.changed(sold)


def _row(refund: Refund, pk: int) -> tuple[Any, ...]:
    return (
        *(
            pk,
            refund.purchase_id,
            refund.customer_id,
            refund.credits,
            str(refund.basis),
            refund.full,
            refund.facts,
        ),
        *(refund.decision, refund.requested_by_id, refund.door, refund.case_id, refund.at, refund.digest),
    )


def _note_facts(refund: Refund, sold: Sold) -> dict[str, object]:
    """The writer of credit notes reads attributes; what it may read of an item stands here under the same names."""
    items = [
        SimpleNamespace(
            asset=part.asset,
            title=part.title,
            publisher=part.publisher,
            original_price=part.original_price,
            share=part.share,
            revoked_at=sold.revoked(place),
        )
        for place, part in enumerate(sold.parts)
    ]
    return credit_note_facts(refund, sold, items)  # type: ignore[arg-type]
