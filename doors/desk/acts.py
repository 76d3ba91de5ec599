"""The acts on a case. Each is a page that says what will happen, and a POST that does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from doors.desk.case_page import load
from doors.desk.consequences import follows
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
from doors.desk.pages import show
from doors.desk.rows import place
from doors.problems import page_status
from ground.refusals import Refusal
from ground.templatetags.recredit import in_credits
from refunds import cases
from refunds.case_wording import CANNED
from refunds.cases import rights, rulings
from refunds.cases.by_agent import left_to_ask
from refunds.models import Case


@dataclass(frozen=True)
class Page:
    """The words of an act: `says` is what will happen, line by line. The form's fields are what `do` takes."""

    title: str
    button: str
    done: str
    form: type[forms.Form]
    says: Callable[[Case], Sequence[str]]
    canned: bool = False


def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    case, what = load(number, request.user), PAGES[name]
    form = _form(what, request)
    if request.method == "POST" and form.is_valid():
        try:
            cases.do(in_table(name), case=case, by=request.user, now=request.now, **form.cleaned_data)
        except Refusal as refusal:
            return _page(
                request,
                load(number, request.user),
                name,
                form,
                said=str(refusal),
                status=page_status(refusal),
            )
        messages.success(request, what.done)
        return redirect("desk_case", case.number)
    return _page(request, case, name, form, status=422 if form.errors else 200)


def in_table(name: str) -> str:
    """An act's name in the table, by its address."""
    return name.replace("-", "_")


def canned_note(request: HttpRequest) -> str:
    """The words that a canned answer starts with."""
    chosen = place(request.GET.get("canned", ""))
    return str(CANNED[chosen][1]) if chosen is not None and chosen < len(CANNED) else ""


def _form(what: Page, request: HttpRequest) -> forms.Form:
    more = {"may_give": request.user.has_perm(rights.GIVE)} if what.form is AnswerForm else {}
    if request.method == "POST":
        return what.form(request.POST, **more)
    return what.form(initial={"note": canned_note(request)}, **more)


def _page(
    request: HttpRequest, case: Case, name: str, form: forms.Form, *, said: str = "", status: int = 200
) -> HttpResponse:
    """Why this cannot be done now, if so, is said before anybody types a note."""
    what = PAGES[name]
    hindered = cases.why_not(in_table(name), case, request.user, now=request.now)
    context = {
        "case": case,
        "act": what,
        "form": form,
        "said": said,
        "hindered": hindered,
        "says": () if hindered else what.says(case),
        **(_proposal(case, request) if name == "confirm" and not hindered else {}),
        "canned": [title for title, _ in CANNED] if what.canned else (),
    }
    return show(request, "act", f"{what.title}: request {case.number}", context, status=status)


def _proposal(case: Case, request: HttpRequest) -> dict[str, Any]:
    """What the second agent's yes will do."""
    found = rulings.standing(case)
    return follows(found, replace(rulings.proposed(found, now=request.now), needs_second=False), request.now)


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
    "assign": Page(
        "Assign",
        "Assign",
        "The request is assigned.",
        AssignForm,
        _says("The request is theirs until they hand it over. The customer sees nothing of it."),
    ),
    "ask-publisher": Page(
        "Ask the publishers", "Ask them", "The publishers are asked.", AskPublisherForm, _says_ask
    ),
    "confirm": Page(
        "Confirm", "Confirm and pay", "The request is approved and paid.", ConfirmForm, _says_confirm
    ),
    "take-back": Page(
        "Take the proposal back",
        "Take it back",
        "The proposal is taken back.",
        NoteForm,
        _says("The request waits for support again, and nothing is paid."),
    ),
    "reject": Page(
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
    "answer": Page(
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
    "hand-over": Page(
        "Hand over to a lead",
        "Hand it over",
        "The request is with the leads.",
        HandOverForm,
        _says("It is nobody's until a lead takes it, and stands under “With a lead” in the queue."),
    ),
    "message": Page(
        "Write to the customer",
        "Send it",
        "The message is sent.",
        MessageForm,
        _says("The customer gets it by letter. The request stays where it is, and so does its deadline."),
    ),
    "note": Page(
        "Private note",
        "Keep the note",
        "The note is in the time line.",
        NoteForm,
        _says("Only support reads it, in the time line."),
    ),
}
