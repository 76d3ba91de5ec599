"""Lines about cases: each is stored as the file tells it, with its answers, its time line and its files."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from credits.ledger import Lot
from doors.storefile.names import Names
from doors.storefile.people import People
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.times import parse_time
from doors.storefile.writing import SoldRows
from ground.doors import Door
from refunds.case_wording import ACTS
from refunds.cases import clocks
from refunds.closing import Closing, close_open_cases
from refunds.models import Answer, Attachment, Case, CaseEvent, CaseItem, Grounds, State
from refunds.models.cases import OPEN_STATES, Side, fresh_case_number
from storefront.sold import Sold


@dataclass(kw_only=True, eq=False)
class Cases:
    names: Names
    people: People
    rows: SoldRows

    def __post_init__(self) -> None:
        # By the purchase's id, the number of its open case.
        self._open: dict[int, str] = {}

    def case(self, line: Line) -> None:
        sold = self.names.ref(line["purchase"], Sold, "purchase") if "purchase" in line else None
        customer = self._customer(line, sold)
        number = line.get("number") or self._fresh_number()
        is_open = line["state"] in OPEN_STATES
        self._assert_may_stand(line, sold, number)
        opened_at = parse_time(line["opened_at"])
        since = parse_time(line.get("state_since")) or opened_at
        case = Case.objects.create(
            number=number,
            purchase_id=sold.pk if sold else None,
            customer_id=customer,
            grounds=line["grounds"],
            state=line["state"],
            subject=line.get("subject", ""),
            opened_by_id=self._person(line.get("opened_by")) or customer,
            opened_side=line.get("side", Side.CUSTOMER),
            publisher_id=self.people.seller(line["publisher"]).pk if "publisher" in line else None,
            reply_to=line.get("reply_to", ""),
            opened_at=opened_at,
            state_since=since,
            deadline=_deadline(line, since) if is_open else None,
            assigned_to_id=self._person(line.get("assigned_to")),
            with_lead=line.get("with_lead", False),
            customer_agreed=line.get("customer_agreed"),
            closed_at=None if is_open else parse_time(line.get("closed_at")) or since,
            compensation_id=self._compensation(line, customer),
            **self._proposal(line.get("proposal")),
        )
        if sold is not None:
            self.rows.note_time(sold, max(opened_at, since, case.closed_at or since))
        self._items(case, line, sold)
        self._answers(case, line.get("answers", self._unanswered(line, sold)))
        events = self._timeline(case, line)
        self._attachments(case, line.get("attachments", ()), events)
        self.names.keep("case", number, case)

    def attachment(self, line: Line) -> None:
        case = self.names.get("case", line["case"], Case)
        if case is None:
            raise LineRefused(f"names the case {line['case']}, and no line above it is about it")
        self._attachments(case, [line["file"]], list(case.events.order_by("pk")))

    def close(
        self, sold: Sold, *, act: str, by: int | None, at: datetime, credits: int | None = None
    ) -> None:
        """What the living store does when a refund or a charge-back meets an open case."""
        if self._open.pop(sold.pk, None):
            close_open_cases([Closing(sold.pk, by, Door.FILE, credits)], act=act, now=at)

    def _assert_may_stand(self, line: Line, sold: Sold | None, number: str) -> None:
        if Case.objects.filter(number=number).exists():
            raise LineRefused(f"has the number {number}, which another case has")
        if sold is None and line["grounds"] != Grounds.CREDITS_WRONG:
            raise LineRefused("names no purchase, and only a case about credits may do so")
        is_open = line["state"] in OPEN_STATES
        if sold is not None and is_open and self._open.setdefault(sold.pk, number) != number:
            raise LineRefused(f"is open, and so is {self._open[sold.pk]} about the same purchase")

    def _customer(self, line: Line, sold: Sold | None) -> int:
        user = self.people.find(line["user"]).pk if "user" in line else None
        if sold is not None:
            if user not in {None, sold.customer.pk}:
                raise LineRefused("names another user than the purchase's own")
            return sold.customer.pk
        if user is None:
            raise LineRefused("names neither a purchase nor a user")
        return user

    def _fresh_number(self) -> str:
        number = fresh_case_number()
        while Case.objects.filter(number=number).exists():
            number = fresh_case_number()
        return number

    def _person(self, email: str | None) -> int | None:
        return self.people.find(email).pk if email else None

    def _compensation(self, line: Line, customer: int) -> int | None:
        if "compensation" not in line:
            return None
        lot = self.names.ref(line["compensation"], Lot, "grant")
        if lot.customer != customer:
            raise LineRefused("is answered with a grant to somebody else")
        return lot.id

    def _proposal(self, proposal: Line | None) -> Line:
        if proposal is None:
            return {}
        return {
            "proposed_by_id": self.people.find(proposal["by"]).pk,
            "proposed_credits": proposal["credits"],
            "proposed_keep": proposal.get("keep", []),
            "proposed_basis": proposal.get("basis", ""),
            "proposed_note": proposal.get("note", ""),
        }

    def _items(self, case: Case, line: Line, sold: Sold | None) -> None:
        if sold is None:
            if line.get("items"):
                raise LineRefused("names items, and no purchase that they belong to")
            return
        slugs = [part.slug for part in sold.parts]
        live = [part.slug for place, part in enumerate(sold.parts) if sold.revoked(place) is None]
        for slug in line.get("items", ()):
            if slug not in slugs:
                raise LineRefused(f"names “{slug}”, which is no item of this purchase")
        CaseItem.objects.bulk_create(
            CaseItem(case=case, item_id=sold.item_ids[slugs.index(slug)])
            for slug in dict.fromkeys(line.get("items", live))
        )

    def _unanswered(self, line: Line, sold: Sold | None) -> list[Line]:
        """A case that waits for publishers has asked those of its items; a line need not repeat them."""
        if sold is None or line["state"] != State.WAITING_FOR_PUBLISHER:
            return []
        items = line.get("items", [part.slug for part in sold.parts])
        publishers = dict.fromkeys(part.publisher_slug for part in sold.parts if part.slug in items)
        return [{"publisher": slug, "asked_at": line["opened_at"]} for slug in publishers]

    def _answers(self, case: Case, answers: Sequence[Line]) -> None:
        for each in answers:
            asked_at = parse_time(each["asked_at"])
            Answer.objects.create(
                case=case,
                publisher_id=self.people.seller(each["publisher"]).pk,
                asked_at=asked_at,
                deadline=parse_time(each.get("deadline")) or asked_at + clocks.PUBLISHER_HAS,
                reminders=each.get("reminders", 0),
                authorised=each.get("authorised"),
                answered_at=parse_time(each.get("answered_at"))
                or (asked_at if "authorised" in each else None),
                answered_by_id=self._person(each.get("answered_by")),
                note=each.get("note", ""),
                help_offered_at=parse_time(each.get("help_offered_at")),
                help_note=each.get("help_note", ""),
                help_accepted=each.get("help_accepted"),
            )

    def _timeline(self, case: Case, line: Line) -> list[CaseEvent]:
        opened = {"at": line["opened_at"], "side": case.opened_side, "act": "opened"}
        events = []
        for step in line.get("timeline", [opened]):
            if step["act"] not in ACTS:
                raise LineRefused(f"has the act “{step['act']}”, which must be one of {', '.join(ACTS)}")
            events.append(
                CaseEvent.objects.create(
                    case=case,
                    at=parse_time(step["at"]),
                    side=step["side"],
                    by_id=self._person(step.get("by")),
                    publisher_id=self.people.seller(step["publisher"]).pk if "publisher" in step else None,
                    door=step.get("door", Door.FILE),
                    act=step["act"],
                    note=step.get("note", ""),
                    private_note=step.get("private_note", ""),
                    credits=step.get("credits"),
                )
            )
        return events

    def _attachments(self, case: Case, files: Sequence[Line], events: list[CaseEvent]) -> None:
        for each in files:
            try:
                content = base64.b64decode(each["base64"], validate=True)
            except binascii.Error:
                raise LineRefused(
                    f"has the file “{each['name'][:40]}”, whose base64 cannot be read"
                ) from None
            step = each.get("step")
            if step is not None and step >= len(events):
                raise LineRefused(f"says that a file came with step {step} of a time line of {len(events)}")
            Attachment.objects.create(
                case=case,
                event=events[step] if step is not None else None,
                by_id=self._person(each.get("by")) or case.opened_by_id,
                side=each.get("side", case.opened_side),
                name=each["name"],
                content_type=each["type"],
                size_bytes=len(content),
                content=content,
                shared=each.get("shared", False),
                at=parse_time(each.get("at")) or case.opened_at,
            )


def _deadline(line: Line, since: datetime) -> datetime | None:
    """The one on the line, else the usual one of its state."""
    if "deadline" in line:
        return parse_time(line["deadline"])
    if line["state"] == State.WAITING_FOR_PUBLISHER:
        return since + clocks.PUBLISHER_HAS
    if line["state"] == State.WAITING_FOR_CUSTOMER:
        return since + clocks.CUSTOMER_HAS
    return clocks.support_deadline(since)
