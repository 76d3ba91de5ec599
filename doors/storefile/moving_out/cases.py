"""Cases with their answers, their time lines and their files."""

import base64
from collections.abc import Iterator

from doors.storefile.moments import written
from doors.storefile.moving_out.called import Called, Line, some
from refunds.models import Answer, Attachment, Case, CaseEvent

# Files fill a case's own line up to here; each further one has a line of its own.
INLINE_BYTES = 8_000_000


def number_of(pk: int) -> str:
    return Case.objects.values_list("number", flat=True).get(pk=pk)


def case_lines(case: Case, called: Called) -> Iterator[Line]:
    events = list(case.events.order_by("pk"))
    places = {event.pk: place for place, event in enumerate(events)}
    line = _case(case, called)
    line["answers"] = [_answer(answer, called) for answer in case.answers.order_by("pk")]
    line["timeline"] = [_step(event, called) for event in events]
    inline: list[int] = []
    waiting: list[int] = []
    room = INLINE_BYTES
    for pk, size in case.attachments.order_by("pk").values_list("pk", "size_bytes"):
        room -= size
        (inline if room >= 0 else waiting).append(pk)
    line["attachments"] = [_attached(pk, places, called) for pk in inline]
    yield line
    for pk in waiting:
        yield {"type": "attachment", "case": case.number, "file": _attached(pk, places, called)}


def _case(case: Case, called: Called) -> Line:
    about = (
        {"purchase": called.purchases[case.purchase_id]}
        if case.purchase_id
        else {"user": called.email(case.customer_id)}
    )
    items = case.items.select_related("item").order_by("pk")
    return {
        "type": "case",
        "number": case.number,
        **about,
        "grounds": case.grounds,
        "state": case.state,
        **({"items": [called.assets[row.item.asset_id] for row in items]} if case.purchase_id else {}),
        **some(subject=case.subject),
        "opened_by": called.email(case.opened_by_id),
        "side": case.opened_side,
        **some(publisher=case.publisher_id and called.publishers[case.publisher_id], reply_to=case.reply_to),
        "opened_at": written(case.opened_at),
        "state_since": written(case.state_since),
        **({"deadline": written(case.deadline)} if case.is_open else {"closed_at": written(case.closed_at)}),
        **some(
            assigned_to=case.assigned_to_id and called.email(case.assigned_to_id), with_lead=case.with_lead
        ),
        **({} if case.customer_agreed is None else {"customer_agreed": case.customer_agreed}),
        **({"proposal": _proposal(case, called)} if case.proposed_by_id else {}),
        **some(compensation=case.compensation_id and called.lots[case.compensation_id]),
    }


def _proposal(case: Case, called: Called) -> Line:
    return {
        "by": called.email(case.proposed_by_id),
        "credits": case.proposed_credits or 0,
        "keep": case.proposed_keep,
        "basis": case.proposed_basis,
        "note": case.proposed_note,
    }


def _answer(answer: Answer, called: Called) -> Line:
    given = answer.authorised is not None
    return {
        "publisher": called.publishers[answer.publisher_id],
        "asked_at": written(answer.asked_at),
        "deadline": written(answer.deadline),
        "reminders": answer.reminders,
        **({"authorised": answer.authorised, "answered_at": written(answer.answered_at)} if given else {}),
        **some(
            answered_by=answer.answered_by_id and called.email(answer.answered_by_id),
            note=answer.note,
            help_offered_at=written(answer.help_offered_at),
            help_note=answer.help_note,
        ),
        **({} if answer.help_accepted is None else {"help_accepted": answer.help_accepted}),
    }


def _step(event: CaseEvent, called: Called) -> Line:
    return {
        "at": written(event.at),
        "side": event.side,
        **some(
            by=event.by_id and called.email(event.by_id),
            publisher=event.publisher_id and called.publishers[event.publisher_id],
        ),
        "door": event.door,
        "act": event.act,
        **some(note=event.note, private_note=event.private_note),
        **({} if event.credits is None else {"credits": event.credits}),
    }


def _attached(pk: int, places: dict[int, int], called: Called) -> Line:
    file = Attachment.objects.get(pk=pk)
    return {
        "name": file.name,
        "type": file.content_type,
        "base64": base64.b64encode(file.content).decode(),
        "by": called.email(file.by_id),
        "side": file.side,
        **some(shared=file.shared),
        "at": written(file.at),
        **({"step": places[file.event_id]} if file.event_id else {}),
    }
