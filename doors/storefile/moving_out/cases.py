"""Cases with their answers, their time lines and their files."""

import base64
from collections.abc import Iterator

from doors.storefile.moving_out.references import References, without_empty
from doors.storefile.reading import Line
from ground.instants import rfc3339
from refunds.models import Answer, Attachment, Case, CaseEvent

# Files fill a case's own line up to here; each further one has a line of its own.
INLINE_BYTES = 8_000_000


def number_of(pk: int) -> str:
    return Case.objects.values_list("number", flat=True).get(pk=pk)


def case_lines(case: Case, refs: References) -> Iterator[Line]:
    events = list(case.events.order_by("pk"))
    places = {event.pk: place for place, event in enumerate(events)}
    line = _case(case, refs)
    line["answers"] = [_answer(answer, refs) for answer in case.answers.order_by("pk")]
    line["timeline"] = [_step(event, refs) for event in events]
    inline: list[int] = []
    waiting: list[int] = []
    room = INLINE_BYTES
    for pk, size in case.attachments.order_by("pk").values_list("pk", "size_bytes"):
        room -= size
        (inline if room >= 0 else waiting).append(pk)
    line["attachments"] = [_attached(pk, places, refs) for pk in inline]
    yield line
    for pk in waiting:
        yield {"type": "attachment", "case": case.number, "file": _attached(pk, places, refs)}


def _case(case: Case, refs: References) -> Line:
    about = (
        {"purchase": refs.purchases[case.purchase_id]}
        if case.purchase_id
        else {"user": refs.email(case.customer_id)}
    )
    items = case.items.select_related("item").order_by("pk")
    return {
        "type": "case",
        "number": case.number,
        **about,
        "grounds": case.grounds,
        "state": case.state,
        **({"items": [refs.assets[row.item.asset_id] for row in items]} if case.purchase_id else {}),
        **without_empty(subject=case.subject),
        "opened_by": refs.email(case.opened_by_id),
        "side": case.opened_side,
        **without_empty(
            publisher=case.publisher_id and refs.publishers[case.publisher_id], reply_to=case.reply_to
        ),
        "opened_at": rfc3339(case.opened_at),
        "state_since": rfc3339(case.state_since),
        **({"deadline": rfc3339(case.deadline)} if case.is_open else {"closed_at": rfc3339(case.closed_at)}),
        **without_empty(
            assigned_to=case.assigned_to_id and refs.email(case.assigned_to_id), with_lead=case.with_lead
        ),
        **({} if case.customer_agreed is None else {"customer_agreed": case.customer_agreed}),
        **without_empty(proposal=case.proposed_by_id and _proposal(case, case.proposed_by_id, refs)),
        **without_empty(compensation=case.compensation_id and refs.lots[case.compensation_id]),
    }


def _proposal(case: Case, by: int, refs: References) -> Line:
    return {
        "by": refs.email(by),
        "credits": case.proposed_credits or 0,
        "keep": case.proposed_keep,
        "basis": case.proposed_basis,
        "note": case.proposed_note,
    }


def _answer(answer: Answer, refs: References) -> Line:
    answered = {"authorised": answer.authorised, "answered_at": rfc3339(answer.answered_at)}
    return {
        "publisher": refs.publishers[answer.publisher_id],
        "asked_at": rfc3339(answer.asked_at),
        "deadline": rfc3339(answer.deadline),
        "reminders": answer.reminders,
        **({} if answer.authorised is None else answered),
        **without_empty(
            answered_by=answer.answered_by_id and refs.email(answer.answered_by_id),
            note=answer.note,
            help_offered_at=rfc3339(answer.help_offered_at),
            help_note=answer.help_note,
        ),
        **({} if answer.help_accepted is None else {"help_accepted": answer.help_accepted}),
    }


def _step(event: CaseEvent, refs: References) -> Line:
    return {
        "at": rfc3339(event.at),
        "side": event.side,
        **without_empty(
            by=event.by_id and refs.email(event.by_id),
            publisher=event.publisher_id and refs.publishers[event.publisher_id],
        ),
        "door": event.door,
        "act": event.act,
        **without_empty(note=event.note, private_note=event.private_note),
        **({} if event.credits is None else {"credits": event.credits}),
    }


def _attached(pk: int, places: dict[int, int], refs: References) -> Line:
    file = Attachment.objects.get(pk=pk)
    return {
        "name": file.name,
        "type": file.content_type,
        "base64": base64.b64encode(file.content).decode(),
        "by": refs.email(file.by_id),
        "side": file.side,
        **without_empty(shared=file.shared),
        "at": rfc3339(file.at),
        **({"step": places[file.event_id]} if file.event_id else {}),
    }
