"""The words of each act on a case: its title and button, what it will do, and what it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

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

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class ActPage:
    """`says` lists what will happen. The fields of `form` are arguments of `cases.do`."""

    title: StrOrPromise
    button: StrOrPromise
    done: StrOrPromise
    form: type[forms.Form]
    says: Callable[[Case], Sequence[StrOrPromise]]
    canned: bool = False


def _says_ask(case: Case) -> Sequence[StrOrPromise]:
    names = [publisher.name for publisher in left_to_ask(case)]
    letters = ngettext(
        "{names} gets a letter and 14 days to answer.",
        "{names} get a letter and 14 days to answer.",
        len(names),
    )
    return [
        letters.format(names=", ".join(names)),
        _("Until then the request waits for the publisher; reminders go out on day 7 and 13."),
    ]


def _says_confirm(case: Case) -> Sequence[StrOrPromise]:
    proposal = _("{person} proposed {credits}, and your yes pays at once.")
    note = (
        _("The customer reads: “{note}”").format(note=case.proposed_note)
        if case.proposed_note
        else _("The customer gets no note.")
    )
    return [
        proposal.format(person=case.proposed_by, credits=in_credits(case.proposed_credits or 0)),
        note,
    ]


def _says(*lines: StrOrPromise) -> Callable[[Case], Sequence[StrOrPromise]]:
    return lambda case: lines


PAGES = {
    "assign": ActPage(
        _lazy("Assign"),
        _lazy("Assign"),
        _lazy("The request is assigned."),
        AssignForm,
        _says(_lazy("The request is theirs until they hand it over. The customer sees nothing of it.")),
    ),
    "ask-publisher": ActPage(
        _lazy("Ask the publishers"),
        _lazy("Ask them"),
        _lazy("The publishers are asked."),
        AskPublisherForm,
        _says_ask,
    ),
    "confirm": ActPage(
        _lazy("Confirm"),
        _lazy("Confirm and pay"),
        _lazy("The request is approved and paid."),
        ConfirmForm,
        _says_confirm,
    ),
    "take-back": ActPage(
        _lazy("Take the proposal back"),
        _lazy("Take it back"),
        _lazy("The proposal is taken back."),
        NoteForm,
        _says(_lazy("The request waits for support again, and nothing is paid.")),
    ),
    "reject": ActPage(
        _lazy("Reject"),
        _lazy("Reject the request"),
        _lazy("The request is rejected."),
        ToCustomerForm,
        _says(
            _lazy("The request is closed and no credits move."),
            _lazy(
                "The customer gets a letter with your note; publishers that were asked hear that it is closed."
            ),
        ),
        canned=True,
    ),
    "answer": ActPage(
        _lazy("Answer"),
        _lazy("Send the answer"),
        _lazy("The request is answered."),
        AnswerForm,
        _says(
            _lazy("The request is closed with your explanation, and the purchase stays as it is."),
            _lazy(
                "The customer gets a letter with your note. Compensation is a new lot of its own, linked to this "
                "request."
            ),
        ),
        canned=True,
    ),
    "hand-over": ActPage(
        _lazy("Hand over to a lead"),
        _lazy("Hand it over"),
        _lazy("The request is with the leads."),
        HandOverForm,
        _says(_lazy("It is nobody's until a lead takes it, and stands among the requests “With a lead”.")),
    ),
    "message": ActPage(
        _lazy("Write to the customer"),
        _lazy("Send it"),
        _lazy("The letter is sent."),
        MessageForm,
        _says(
            _lazy("The customer gets it by letter. The request stays where it is, and so does its deadline.")
        ),
    ),
    "note": ActPage(
        _lazy("Private note"),
        _lazy("Keep the note"),
        _lazy("The note is in the time line."),
        NoteForm,
        _says(_lazy("Only support reads it, in the time line.")),
    ),
}
