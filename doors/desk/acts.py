"""The acts on a case. GET says what will happen, POST does it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from doors.desk.act_pages import PAGES, ActPage
from doors.desk.case_page import load
from doors.desk.consequences import follows
from doors.desk.forms import AnswerForm
from doors.desk.pages import DeskRequest, answer_form, show
from doors.desk.rows import place
from refunds import cases
from refunds.case_wording import CANNED
from refunds.cases import rights, rulings
from refunds.models import Case


def act(request: DeskRequest, number: str, name: str) -> HttpResponse:
    case, words = load(number, request.user), PAGES[name]
    form = _form(request, words)
    title = _("{act}: request {number}").format(act=words.title, number=number)

    def carry_out() -> HttpResponse:
        cases.do(in_table(name), case=case, by=request.user, now=request.now, **form.cleaned_data)
        messages.success(request, words.done)
        return redirect("desk_case", case.number)

    def page(error_message: str, status: int) -> HttpResponse:
        # After a refusal the case is read again: somebody else may have changed it meanwhile.
        shown = load(number, request.user) if error_message else case
        context = _context(request, shown, name, form, error_message)
        return show(request, "act", title, context, status=status)

    return answer_form(request, form, act=carry_out, page=page)


def in_table(name: str) -> str:
    """An act's name in the table, by its address."""
    return name.replace("-", "_")


def canned_note(request: DeskRequest) -> str:
    """The words that a canned answer starts with."""
    chosen = place(request.GET.get("canned", ""))
    return str(CANNED[chosen][1]) if chosen is not None and chosen < len(CANNED) else ""


def _form(request: DeskRequest, words: ActPage) -> forms.Form:
    kind: Callable[..., forms.Form] = words.form
    if kind is AnswerForm:
        kind = partial(AnswerForm, may_give=request.user.has_perm(rights.GIVE))
    if request.method == "POST":
        return kind(request.POST)
    return kind(initial={"note": canned_note(request)})


def _context(
    request: DeskRequest, case: Case, name: str, form: forms.Form, error_message: str
) -> dict[str, object]:
    """An act that is not possible says why before anybody types a note."""
    words = PAGES[name]
    hindered = cases.why_not(in_table(name), case, request.user, now=request.now)
    return {
        "case": case,
        "act": words,
        "form": form,
        "error_message": error_message,
        "hindered": hindered,
        "says": () if hindered else words.says(case),
        **(_proposal(case, request) if name == "confirm" and not hindered else {}),
        "canned": [title for title, _ in CANNED] if words.canned else (),
    }


def _proposal(case: Case, request: DeskRequest) -> dict[str, object]:
    """What confirming will do."""
    standing = cases.standing(case)
    ruling = replace(rulings.proposed(standing, now=request.now), needs_second=False)
    return follows(standing, ruling, request.now)
