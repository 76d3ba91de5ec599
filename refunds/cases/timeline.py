"""The time line as each side sees it: the same steps for everybody, without the others' private notes.

A publisher sees a customer's words and never a name or an address; what moved in the customer's wallet is not its
affair either.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Publisher
from refunds.case_wording import ACTS, ACTS_TO_CUSTOMER, FOR_SUPPORT, TONES
from refunds.models import Attachment, Case, CaseEvent
from refunds.models.cases import Side


@dataclass(frozen=True)
class Line:
    """What `_timeline.html` draws; `code` is the stable name of the act."""

    at: datetime
    actor: str
    code: str
    act: str
    note: str
    private_note: str
    credits: int | None
    tone: str
    side: str
    files: list[Attachment] = field(default_factory=list)


def lines(case: Case, *, side: str, publisher: Publisher | None = None) -> list[Line]:
    """Oldest first, with the files that this side may open."""
    files: dict[int | None, list[Attachment]] = {}
    for file in visible_attachments(case, side=side, publisher=publisher).defer("content"):
        files.setdefault(file.event_id, []).append(file)
    events = CaseEvent.objects.filter(case=case).select_related("by", "publisher").order_by("at", "id")
    if side != Side.SUPPORT:
        events = events.exclude(act__in=FOR_SUPPORT)
    return [_line(event, side, publisher, files.get(event.pk, [])) for event in events]


def visible_attachments(
    case: Case, *, side: str, publisher: Publisher | None = None
) -> "QuerySet[Attachment]":
    """Support sees all. A customer's files go to a publisher only when they were shared, and the other way round."""
    found = Attachment.objects.filter(case=case)
    if side == Side.SUPPORT:
        return found
    if side == Side.CUSTOMER:
        return found.filter(Q(side=Side.CUSTOMER) | Q(shared=True))
    assert publisher is not None, "a publisher's view names the publisher"
    return found.filter(
        Q(side=Side.PUBLISHER, event__publisher=publisher) | Q(side=Side.CUSTOMER, shared=True)
    )


def _line(event: CaseEvent, side: str, publisher: Publisher | None, files: list[Attachment]) -> Line:
    own = event.side == side and (
        side != Side.PUBLISHER or event.publisher_id == (publisher and publisher.pk)
    )
    return Line(
        at=event.at,
        actor=_actor(event, side, publisher),
        code=event.act,
        act=(ACTS_TO_CUSTOMER if side == Side.CUSTOMER else ACTS)[event.act].format(
            publisher=event.publisher or "The publisher"
        ),
        note=event.note,
        private_note=event.private_note if own else "",
        credits=None if side == Side.PUBLISHER else event.credits,
        tone=TONES.get(event.act, ""),
        side=event.side,
        files=files,
    )


def _actor(event: CaseEvent, side: str, publisher: Publisher | None) -> str:
    if event.side == Side.STORE:
        return "The store"
    if event.side == Side.SUPPORT:
        return f"{event.by}, support" if side == Side.SUPPORT and event.by else "Support"
    if event.side == Side.PUBLISHER:
        name = str(event.publisher or "The publisher")
        member = event.by and (side == Side.SUPPORT or event.publisher_id == (publisher and publisher.pk))
        return f"{event.by}, {name}" if member else name
    if side == Side.CUSTOMER:
        return "You"
    return str(event.by) if side == Side.SUPPORT and event.by else "The customer"
