"""Approving a case: the figures, a preview of what they would do, and the act."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from doors.desk.acts import canned_note
from doors.desk.case_page import load
from doors.desk.consequences import follows
from doors.desk.forms import ApproveForm
from doors.desk.pages import DeskRequest, answer_form, show
from ground.refusals import Refusal
from refunds import cases
from refunds.case_wording import CANNED
from refunds.cases import rulings
from refunds.cases.standings import Standing
from refunds.models import Case, State


def approve(request: DeskRequest, number: str) -> HttpResponse:
    case = load(number, request.user)
    title = _("Approve: request {number}").format(number=number)
    if case.purchase is None:
        hindered = cases.why_not("approve", case, request.user, now=request.now)
        return show(request, "cannot", title, {"case": case, "error_message": hindered}, status=409)
    standing = cases.standing(case)
    form = _form(request, standing)

    def carry_out() -> HttpResponse:
        done = cases.do("approve", case=case, by=request.user, now=request.now, **form.cleaned_data)
        messages.success(request, _done(done))
        return redirect("desk_case", number)

    def page(error_message: str, status: int) -> HttpResponse:
        shown = cases.standing(load(number, request.user)) if error_message else standing
        return show(request, "approve", title, _context(request, shown, form, error_message), status=status)

    return answer_form(request, form, act=carry_out, page=page)


def _form(request: DeskRequest, standing: Standing) -> ApproveForm:
    items = [(part.slug, part.title) for part in standing.parts]
    if request.method == "POST":
        return ApproveForm(request.POST, items=items)
    credits, keep = rulings.suggestion(standing, request.user)
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


def _context(
    request: DeskRequest, standing: Standing, form: ApproveForm, error_message: str
) -> dict[str, object]:
    return {
        "case": standing.case,
        "form": form,
        "error_message": error_message,
        "standing": standing,
        "most": standing.most_for(request.user),
        "canned": [title for title, _ in CANNED],
        **_preview(request, standing, form),
    }


def _preview(request: DeskRequest, standing: Standing, form: ApproveForm) -> dict[str, object]:
    """What these figures would do, or why they cannot be approved. Written evidence is asked for by the act itself."""
    hindered = cases.why_not("approve", standing.case, request.user, now=request.now)
    if hindered:
        return {"cannot": "" if form.is_bound else str(hindered)}
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else form.initial
    credits, keep = chosen.get("credits", -1), frozenset(chosen.get("keep") or ())
    try:
        ruling = rulings.rule(standing, credits=credits, keep=keep, by=request.user, now=request.now)
    except Refusal as refusal:
        return {"cannot": str(refusal)}
    return follows(standing, ruling, request.now)


def _done(case: Case) -> str:
    if case.state == State.WAITING_FOR_SECOND_AGENT:
        return _("Your proposal waits for a second agent; nothing is paid yet.")
    return _("The request is approved, and the credits are back.")
