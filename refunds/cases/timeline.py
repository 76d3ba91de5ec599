"""The time line as each side sees it: the same steps for everybody, without the others' private notes.

A publisher sees a customer's words and never a name or an address; what moved in the customer's wallet is not its
affair either.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Publisher
from ground.laws import given
from refunds.case_wording import ACTS, ACTS_TO_CUSTOMER, FOR_SUPPORT, TONES
from refunds.models import Attachment, Case, CaseEvent
from refunds.models.cases import Side


@dataclass(frozen=True)
class File:
    """What a file that came with a step is called, and where it is opened."""

    ref: str
    name: str
    size_bytes: int


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
    files: list[File] = field(default_factory=list)


def lines(case: Case, *, side: str, publisher: Publisher | None = None) -> list[Line]:
    """Oldest first, with the files that this side may open. One statement: an event with two files comes twice."""
    events = (
        CaseEvent.objects.filter(case=case)
        .select_related("by", "publisher")
        .annotate(
            file_ref=F("attachments__ref"),
            file_name=F("attachments__name"),
            file_size=F("attachments__size_bytes"),
            opens=ExpressionWrapper(_visible(side, publisher, "attachments__"), BooleanField()),
        )
        .order_by("at", "id", "attachments__id")
    )
    if side != Side.SUPPORT:
        events = events.exclude(act__in=FOR_SUPPORT)
    by_event: dict[int, Line] = {}
    for event in events:
        line = by_event.setdefault(event.pk, _line(event, side, publisher))
        if event.file_ref is not None and event.opens:
            line.files.append(File(event.file_ref, event.file_name, event.file_size))
    return list(by_event.values())


def visible_attachments(
    case: Case, *, side: str, publisher: Publisher | None = None
) -> "QuerySet[Attachment]":
    return Attachment.objects.filter(_visible(side, publisher), case=case)


def _visible(side: str, publisher: Publisher | None, file: str = "") -> Q:
    """Support sees all. A customer's files go to a publisher only when they were shared, and the other way round."""
    if side == Side.SUPPORT:
        return Q(**{f"{file}id__isnull": False})
    by_customer, shared = Q(**{f"{file}side": Side.CUSTOMER}), Q(**{f"{file}shared": True})
    if side == Side.CUSTOMER:
        return by_customer | shared
    whose = given(publisher, "a publisher's view names the publisher")
    own = Q(**{f"{file}side": Side.PUBLISHER, f"{file}event__publisher": whose})
    return own | by_customer & shared


def _line(event: CaseEvent, side: str, publisher: Publisher | None) -> Line:
    own = event.side == side and (
        side != Side.PUBLISHER or event.publisher_id == (publisher and publisher.pk)
    )
    return Line(
        at=event.at,
        actor=_actor(event, side, publisher),
        code=event.act,
        act=(ACTS_TO_CUSTOMER if side == Side.CUSTOMER else ACTS)[event.act].format(
            publisher=event.publisher or _("The publisher")
        ),
        note=event.note,
        private_note=event.private_note if own else "",
        credits=None if side == Side.PUBLISHER else event.credits,
        tone=TONES.get(event.act, ""),
        side=event.side,
    )


def _actor(event: CaseEvent, side: str, publisher: Publisher | None) -> str:
    if event.side == Side.STORE:
        return _("The store")
    if event.side == Side.SUPPORT:
        named = side == Side.SUPPORT and event.by
        return _("{person}, support").format(person=event.by) if named else _("Support")
    if event.side == Side.PUBLISHER:
        name = str(event.publisher or _("The publisher"))
        member = event.by and (side == Side.SUPPORT or event.publisher_id == (publisher and publisher.pk))
        return f"{event.by}, {name}" if member else name
    if side == Side.CUSTOMER:
        return _("You")
    return str(event.by) if side == Side.SUPPORT and event.by else _("The customer")
