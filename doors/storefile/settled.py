"""Lines about what is settled for good: refunds, denials, charge-backs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from credits.books import Books
from credits.chain import canonical
from credits.ledger import Lot, Payment, Restoration, plan_restoration
from doors.storefile.audits import Audits
from doors.storefile.cases import Cases
from doors.storefile.evidence import EvidenceReader
from doors.storefile.names import Names
from doors.storefile.numbering import Numbering
from doors.storefile.people import People
from doors.storefile.problems import LineRefused, Problems
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from doors.storefile.writing import SoldRows
from ground.doors import Door
from ground.rows import fresh_ids
from refunds.credit_notes import note_of
from refunds.models import Case, CreditNote, Denial, Refund
from refunds.policy import Facts
from refunds.record import write_denials, write_notes, write_refunds
from refunds.settlement import Settlement, book
from refunds.told import assert_as_the_policy_says, assert_denied, assert_refundable, kept_of
from storefront.models import Status
from storefront.sold import Asked, Settled, Sold


@dataclass(kw_only=True, eq=False)
class SettledLines:
    names: Names
    people: People
    books: Books
    rows: SoldRows
    asked_was_told: Collection[Sold]
    cases: Cases
    audits: Audits
    problems: Problems

    def __post_init__(self) -> None:
        self.numbering = Numbering("CN", model=CreditNote)
        self._evidence = EvidenceReader(names=self.names, people=self.people)
        self._refunds: list[tuple[Refund, CreditNote]] = []
        self._denials: list[Denial] = []
        self._given: dict[str, int] = {}

    def refund(self, line: Line, number: int) -> None:
        sold = self.names.ref(line["purchase"], Sold, "purchase")
        at, credits = parse_time(line["at"]), line["credits"]
        assert_refundable(sold, credits, at)
        case = self._case(line)
        evidence = self._evidence.of(line, sold, at)
        assert_as_the_policy_says(line["basis"], credits, evidence.decision)
        settlement = Settlement(
            sold=sold,
            facts=evidence.facts,
            decision=evidence.decision,
            credits=credits,
            basis=line["basis"],
            keep=kept_of(sold, evidence.facts, kept=line.get("kept"), revoked=line.get("revoked")),
            plan=self._plan(line, sold.payment) if credits else (),
            requested_by=self.people.find(line["requested_by"]).pk
            if "requested_by" in line
            else sold.customer.pk,
            door=line.get("door", Door.FILE),
            case=case.pk if case else None,
            told=(evidence.facts_text, evidence.decision_text),
        )
        refund = book(settlement, self.books.wallet(sold.customer.pk), now=at)
        self._name_reborn(line, settlement)
        self._issue(line, sold, refund, number)
        if case is None:
            self._remember(sold, evidence.facts, at)
            self.cases.close(sold, act="refunded", by=refund.requested_by_id, at=at, credits=credits)
        self.rows.changed(sold)

    def denial(self, line: Line) -> None:
        sold = self.names.ref(line["purchase"], Sold, "purchase")
        at = parse_time(line["at"])
        by = self.people.find(line["by"]) if "by" in line else sold.customer
        evidence = self._evidence.of(line, sold, at)
        assert_denied(evidence.decision)
        self._denials.append(
            Denial(
                purchase_id=sold.pk,
                customer_id=sold.customer.pk,
                facts=evidence.facts_text,
                decision=evidence.decision_text,
                requested_by_id=by.pk,
                door=line.get("door", Door.FILE),
                at=at,
            )
        )
        self.rows.note_time(sold, at)
        self._remember(sold, evidence.facts, at)

    def charge_back(self, line: Line) -> None:
        sold = self.names.ref(line["purchase"], Sold, "purchase")
        at, by = parse_time(line["at"]), self.people.find(line["by"]).pk if "by" in line else None
        if sold.status not in {Status.COMPLETED, Status.REFUNDED}:
            raise LineRefused(f"charges back a purchase that is {sold.status}")
        if sold.completed_at is None or at < sold.completed_at:
            raise LineRefused("charges back a purchase before it was completed")
        self.rows.charged_back(sold, at=at, why=line["why"], by=by)
        self.cases.close(sold, act="charged_back", by=by, at=at)
        if by is not None:
            self.audits.add(by=by, act="charge_back", subject=sold.number, why=line["why"], at=at)

    def store(self) -> None:
        for line, reason in self.numbering.taken(self._given):
            self.problems.add(line, reason)
            return
        # Lists show the newest first by id, so ids follow time and not the lines.
        in_time = sorted(self._refunds, key=lambda pair: pair[0].at)
        for (refund, _), pk in zip(in_time, fresh_ids(Refund), strict=False):
            refund.pk = pk
        write_refunds([refund for refund, _ in in_time])
        write_notes([note for _, note in in_time])
        write_denials(sorted(self._denials, key=lambda denial: denial.at))
        self.numbering.store()

    def _case(self, line: Line) -> Case | None:
        if "case" not in line:
            return None
        case = self.names.get("case", line["case"], Case)
        if case is None:
            raise LineRefused(f"names the case {line['case']}, and no line above it is about it")
        return case

    def _plan(self, line: Line, payment: Payment | None) -> list[Restoration]:
        """Into which lots credits come back: as the line says, else by the rule."""
        if not line.get("restores") or payment is None:
            return plan_restoration(payment, credits=line["credits"], now=parse_time(line["at"]))
        plan = [self._restoration(part, payment) for part in line["restores"]]
        if len({id(part.usage) for part in plan}) < len(plan):
            raise LineRefused("restores to the same grant twice")
        if sum(part.credits for part in plan) != line["credits"]:
            raise LineRefused(f"has restores that do not add up to its {line['credits']} credits")
        return plan

    def _restoration(self, part: Line, payment: Payment) -> Restoration:
        lot = self.names.ref(part["grant"], Lot, "grant")
        usage = next((each for each in payment.usages if each.lot is lot), None)
        if usage is None:
            raise LineRefused(f"restores to the grant “{part['grant']}”, which the purchase did not draw on")
        if part["credits"] > usage.spent:
            raise LineRefused(f"restores more to the grant “{part['grant']}” than was drawn from it")
        if "ref" not in part:
            return Restoration(usage, part["credits"], lot.kind, lot, lot.expires_at)
        if self.names.get("ref", part["ref"], object) is not None:
            raise LineRefused(f"repeats the ref “{part['ref']}” with other content")
        return Restoration(usage, part["credits"], lot.kind, None, parse_time(part.get("expires_at")))

    def _name_reborn(self, line: Line, settlement: Settlement) -> None:
        """A part with a ref is a new lot, which lines below may name."""
        wallet = self.books.wallet(settlement.sold.customer.pk)
        reborn: dict[int | None, Lot] = {lot.reborn_from: lot for lot in wallet.lots}
        for part, restoration in zip(line.get("restores", ()), settlement.plan, strict=False):
            if "ref" in part:
                self.names.keep("ref", part["ref"], reborn[restoration.usage.id])

    def _issue(self, line: Line, sold: Sold, refund: Refund, number: int) -> None:
        if "credit_note" in line:
            claimed = self.numbering.claim(line["credit_note"])
            self._given[claimed] = number
        else:
            claimed = self.numbering.next()
        note = note_of(refund, sold, number=claimed)
        document = line.get("document")
        if document:
            note.facts, note.issued_at = canonical(document["facts"]), parse_time(document["issued_at"])
            self.rows.document(claimed, document)
        self._refunds.append((refund, note))
        sold.settled = Settled(refund.at, refund.credits, claimed)

    def _remember(self, sold: Sold, facts: Facts, at: datetime) -> None:
        """Keeps how things stood when a refund was last asked for, unless the purchase's own line says it. Lines need
        not stand in the order of time."""
        if sold in self.asked_was_told or (sold.asked is not None and at < sold.asked.at):
            return
        downloaded = [item for item in facts.items if item.downloaded]
        sold.asked = Asked(at, len(downloaded), sum(item.original_price for item in downloaded))
        self.rows.changed(sold)
