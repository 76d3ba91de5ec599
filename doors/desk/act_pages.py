"""The words of each act on a case: what its page says will happen, line by line, and what it says when it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django import forms

from doors.desk.forms import (
    AnswerForm,
    AskPublisherForm,
    AssignForm,
    ConfirmForm,
    HandOverForm,
    MessageForm,
    NoteForm,
    ToCustomerForm,
)
from ground.templatetags.recredit import in_credits
from refunds.cases.by_agent import left_to_ask
from refunds.models import Case


@dataclass(frozen=True)
class ActPage:
    """`says` is what will happen; the form's fields are what `cases.do` takes."""

    title: str
    button: str
    done: str
    form: type[forms.Form]
    says: Callable[[Case], Sequence[str]]
    canned: bool = False


def _says_ask(case: Case) -> list[str]:
    names = [publisher.name for publisher in left_to_ask(case)]
    return [
        f"{', '.join(names)} {'gets' if len(names) == 1 else 'get'} a letter and 14 days to answer.",
        "Until then the request waits for the publisher; reminders go out on day 7 and 13.",
    ]


def _says_confirm(case: Case) -> list[str]:
    note = (
        f"The customer reads: “{case.proposed_note}”" if case.proposed_note else "The customer gets no note."
    )
    return [
        f"{case.proposed_by} proposed {in_credits(case.proposed_credits or 0)}, and your yes pays at once.",
        note,
    ]


def _says(*lines: str) -> Callable[[Case], Sequence[str]]:
    return lambda case: lines


PAGES = {
    "assign": ActPage(
        "Assign",
        "Assign",
        "The request is assigned.",
        AssignForm,
        _says("The request is theirs until they hand it over. The customer sees nothing of it."),
    ),
    "ask-publisher": ActPage(
        "Ask the publishers", "Ask them", "The publishers are asked.", AskPublisherForm, _says_ask
    ),
    "confirm": ActPage(
        "Confirm", "Confirm and pay", "The request is approved and paid.", ConfirmForm, _says_confirm
    ),
    "take-back": ActPage(
        "Take the proposal back",
        "Take it back",
        "The proposal is taken back.",
        NoteForm,
        _says("The request waits for support again, and nothing is paid."),
    ),
    "reject": ActPage(
        "Reject",
        "Reject the request",
        "The request is rejected.",
        ToCustomerForm,
        _says(
            "The request is closed and no credits move.",
            "The customer gets a letter with your note; publishers that were asked hear that it is closed.",
        ),
        canned=True,
    ),
    "answer": ActPage(
        "Answer",
        "Send the answer",
        "The request is answered.",
        AnswerForm,
        _says(
            "The request is closed with your explanation, and the purchase stays as it is.",
            "The customer gets a letter with your note. Compensation is a new lot of its own, linked to this request.",
        ),
        canned=True,
    ),
    "hand-over": ActPage(
        "Hand over to a lead",
        "Hand it over",
        "The request is with the leads.",
        HandOverForm,
        _says("It is nobody's until a lead takes it, and stands under “With a lead” in the queue."),
    ),
    "message": ActPage(
        "Write to the customer",
        "Send it",
        "The message is sent.",
        MessageForm,
        _says("The customer gets it by letter. The request stays where it is, and so does its deadline."),
    ),
    "note": ActPage(
        "Private note",
        "Keep the note",
        "The note is in the time line.",
        NoteForm,
        _says("Only support reads it, in the time line."),
    ),
}
