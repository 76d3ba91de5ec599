"""The approval: the figures, what follows from them in credits, lots, licences, shares and letters, and the act."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from doors.desk.acts import canned_note
from doors.desk.case_page import load
from doors.desk.consequences import follows
from doors.desk.forms import ApproveForm
from doors.desk.pages import show
from doors.problems import page_status
from ground.refusals import Refusal
from refunds import cases
from refunds.case_wording import CANNED
from refunds.cases import rulings
from refunds.cases.rulings import Standing
from refunds.models import Case, State


def approve(request: HttpRequest, number: str) -> HttpResponse:
    case = load(number, request.user)
    if case.purchase is None:
        return show(request, "cannot", f"Approve: request {number}", {"case": case}, status=409)
    found = rulings.standing(case)
    form = _form(request, found)
    if request.method == "POST" and form.is_valid():
        try:
            done = cases.do("approve", case=case, by=request.user, now=request.now, **form.cleaned_data)
        except Refusal as refusal:
            found = rulings.standing(load(number, request.user))
            return _page(request, found, form, said=str(refusal), status=page_status(refusal))
        messages.success(request, _told(done))
        return redirect("desk_case", number)
    return _page(request, found, form, status=422 if request.method == "POST" else 200)


def _form(request: HttpRequest, found: Standing) -> ApproveForm:
    items = [(part.slug, part.title) for part in found.parts]
    if request.method == "POST":
        return ApproveForm(request.POST, items=items)
    credits, keep = rulings.suggestion(found, request.user)
    if "credits" in request.GET:
        chosen = request.GET.get("credits", "")
        credits = int(chosen) if chosen.isdecimal() and len(chosen) <= 16 else credits
        keep = frozenset(request.GET.getlist("keep"))
    note = request.GET.get("note") or canned_note(request)
    initial = {
        "credits": credits,
        "keep": sorted(keep),
        "note": note,
        "private_note": request.GET.get("private_note", ""),
    }
    return ApproveForm(initial=initial, items=items)


def _page(
    request: HttpRequest, found: Standing, form: ApproveForm, *, said: str = "", status: int = 200
) -> HttpResponse:
    case = found.case
    context: dict[str, Any] = {
        "case": case,
        "form": form,
        "said": said,
        "standing": found,
        "most": found.most_for(request.user),
        "canned": [title for title, _ in CANNED],
        **_preview(request, found, form),
    }
    return show(request, "approve", f"Approve: request {case.number}", context, status=status)


def _preview(request: HttpRequest, found: Standing, form: ApproveForm) -> dict[str, Any]:
    """What these very figures would do, or why they cannot be approved. Evidence is asked for when the act is done."""
    hindered = cases.why_not("approve", found.case, request.user, now=request.now)
    if hindered:
        return {"cannot": "" if form.is_bound else str(hindered)}
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    credits, keep = chosen.get("credits"), frozenset(chosen.get("keep") or ())
    try:
        ruling = rulings.rule(found, credits=credits, keep=keep, by=request.user, now=request.now)
    except Refusal as refusal:
        return {"cannot": str(refusal)}
    return follows(found, ruling, request.now)


def _told(case: Case) -> str:
    if case.state == State.WAITING_FOR_SECOND_AGENT:
        return "Your proposal waits for a second agent; nothing is paid yet."
    return "The request is approved, and the credits are back."
