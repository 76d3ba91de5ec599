"""The acts on a case. Each is a page that says what will happen, and a POST that does it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from accounts.refusals import Refusal
from accounts.templatetags.recredit import in_credits
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
from doors.desk.pages import show, status_of
from doors.desk.rows import place
from refunds import cases
from refunds.case_wording import CANNED
from refunds.cases import rights, rulings
from refunds.cases.concluding import assert_rejectable
from refunds.cases.deciding import assert_may_confirm, assert_proposed
from refunds.cases.handling import left_to_ask
from refunds.cases.locking import state_words
from refunds.cases.refusals import CaseClosed
from refunds.models import Case

Data = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """`says` is what will happen, line by line; `does` calls the one service."""

    title: str
    button: str
    done: str
    form: type[forms.Form]
    says: Callable[[Case], Sequence[str]]
    does: Callable[[Case, User, Data, Any], object]
    canned: bool = False
    # What the service asks of the case beyond its being open and somebody else's; raises what the service raises.
    needs: Callable[[Case, User], object] = lambda case, by: None
    of_own: bool = False


def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    case, what = load(number, request.user), ACTS[name]
    form = _form(what, request)
    if request.method == "POST" and form.is_valid():
        try:
            what.does(case, request.user, form.cleaned_data, request.now)
        except Refusal as refusal:
            return _page(
                request, load(number, request.user), what, form, said=str(refusal), status=status_of(refusal)
            )
        messages.success(request, what.done)
        return redirect("desk_case", case.number)
    return _page(request, case, what, form, status=422 if form.errors else 200)


def canned_note(request: HttpRequest) -> str:
    """The words that a canned answer starts with."""
    chosen = place(request.GET.get("canned", ""))
    return CANNED[chosen][1] if chosen is not None and chosen < len(CANNED) else ""


def _form(what: Act, request: HttpRequest) -> forms.Form:
    more: Data = {"may_give": request.user.has_perm(rights.GIVE)} if what.form is AnswerForm else {}
    if request.method == "POST":
        return what.form(request.POST, **more)
    return what.form(initial={"note": canned_note(request)}, **more)


def _page(
    request: HttpRequest, case: Case, what: Act, form: forms.Form, *, said: str = "", status: int = 200
) -> HttpResponse:
    hindered = _hindrance(case, what, request.user)
    told = {} if hindered or what.form is not ConfirmForm else _proposal(case, request)
    context = {
        "case": case,
        "act": what,
        "form": form,
        "said": said,
        "hindered": hindered,
        "says": () if hindered else what.says(case),
        **told,
        "canned": [title for title, _ in CANNED] if what.canned else (),
    }
    return show(request, "act", f"{what.title}: request {case.number}", context, status=status)


def _hindrance(case: Case, what: Act, person: User) -> str:
    """Why this cannot be done now, if so: the sentence that the service would say, before anybody types a note."""
    try:
        if not case.is_open:
            raise CaseClosed(state=state_words(case))
        if not what.of_own:
            rights.assert_not_own(person, case=case)
        what.needs(case, person)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _proposal(case: Case, request: HttpRequest) -> Data:
    """What the second agent's yes would do, or why it can't do that any more."""
    found = rulings.standing(case)
    try:
        ruling = replace(rulings.proposed(found, now=request.now), needs_second=False)
        return follows(found, ruling, request.now)
    except Refusal as refusal:
        return {"hindered": str(refusal), "says": ()}


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


def _needs_somebody_elses_proposal(case: Case, by: User) -> None:
    assert_proposed(case)
    assert_may_confirm(case, by)


def _says_end(case: Case) -> list[str]:
    return [
        "The request is closed and no credits move.",
        "The customer gets a letter with your note; publishers that were asked hear that it is closed.",
    ]


def _says_answer(case: Case) -> list[str]:
    return [
        "The request is closed with your explanation, and the purchase stays as it is.",
        "The customer gets a letter with your note. Compensation is a new lot of its own, linked to this request.",
    ]


ACTS = {
    "assign": Act(
        "Assign",
        "Assign",
        "The request is assigned.",
        AssignForm,
        lambda case: ["The request is theirs until they hand it over. The customer sees nothing of it."],
        lambda case, by, data, now: cases.assign(case=case, by=by, to=data["to"], now=now),
        of_own=True,
    ),
    "ask-publisher": Act(
        "Ask the publishers",
        "Ask them",
        "The publishers are asked.",
        AskPublisherForm,
        _says_ask,
        lambda case, by, data, now: cases.ask_again(case=case, by=by, now=now, **data),
        needs=lambda case, by: left_to_ask(case),
    ),
    "confirm": Act(
        "Confirm",
        "Confirm and pay",
        "The request is approved and paid.",
        ConfirmForm,
        _says_confirm,
        lambda case, by, data, now: cases.confirm(case=case, by=by, now=now, **data),
        needs=_needs_somebody_elses_proposal,
    ),
    "take-back": Act(
        "Take the proposal back",
        "Take it back",
        "The proposal is taken back.",
        NoteForm,
        lambda case: ["The request waits for support again, and nothing is paid."],
        lambda case, by, data, now: cases.take_back(case=case, by=by, now=now, **data),
        needs=lambda case, by: assert_proposed(case),
    ),
    "reject": Act(
        "Reject",
        "Reject the request",
        "The request is rejected.",
        ToCustomerForm,
        _says_end,
        lambda case, by, data, now: cases.reject(case=case, by=by, now=now, **data),
        canned=True,
        needs=lambda case, by: assert_rejectable(case),
    ),
    "answer": Act(
        "Answer",
        "Send the answer",
        "The request is answered.",
        AnswerForm,
        _says_answer,
        lambda case, by, data, now: cases.answer(
            case=case, by=by, now=now, **{**data, "credits": data["credits"] or 0}
        ),
        canned=True,
    ),
    "hand-over": Act(
        "Hand over to a lead",
        "Hand it over",
        "The request is with the leads.",
        HandOverForm,
        lambda case: ["It is nobody's until a lead takes it, and stands under “With a lead” in the queue."],
        lambda case, by, data, now: cases.hand_over(case=case, by=by, now=now, **data),
    ),
    "message": Act(
        "Write to the customer",
        "Send it",
        "The message is sent.",
        MessageForm,
        lambda case: [
            "The customer gets it by letter. The request stays where it is, and so does its deadline."
        ],
        lambda case, by, data, now: cases.write_to_customer(case=case, by=by, now=now, **data),
    ),
    "note": Act(
        "Private note",
        "Keep the note",
        "The note is in the time line.",
        NoteForm,
        lambda case: ["Only support reads it, in the time line."],
        lambda case, by, data, now: cases.note(case=case, by=by, now=now, **data),
    ),
}
