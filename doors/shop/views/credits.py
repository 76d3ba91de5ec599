"""A customer's credits: the balance and its lots, the statement, and a code that becomes more."""

import uuid

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from credits.chain import stamp
from credits.codes import Redeemed, redeem_code
from credits.models import Entry, Wallet
from credits.refusals import InvalidCode, TooManyGuesses
from credits.statement import balance_over_time, holdings, newest_first, up_to_date
from doors.paging import Page
from doors.spreadsheets import csv_file
from ground.receipts import Asking, digest_of
from ground.refusals import Refusal
from ground.templatetags.recredit import in_credits

LINES = 25
CSV_HEAD = ("number", "at", "kind", "credits", "balance_after", "lot_kind", "what", "invoice")


class CodeForm(forms.Form):
    key = forms.CharField(max_length=255, required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        label="Code",
        max_length=200,
        help_text="Capitals, spaces and dashes make no difference.",
        error_messages={"required": "Type or paste the code; nothing was redeemed yet."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@login_required
@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    return _show(request, _fresh_form())


@login_required
def redeem(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("credits")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    code = form.cleaned_data["code"]
    asking = Asking(
        person=request.user,
        key=form.cleaned_data["key"] or uuid.uuid4().hex,
        what=digest_of("redeem", code),
        now=request.now,
        door="page",
        write=lambda outcome: (303 if isinstance(outcome, Redeemed) else 422, reverse("credits")),
    )
    try:
        answer = redeem_code(asking=asking, text=code)
    except TooManyGuesses as refusal:
        response = _show(request, _said(form, refusal), status=429)
        response["Retry-After"] = str(refusal.facts["seconds"])
        return response
    except Refusal as refusal:
        return _show(request, _said(form, refusal), status=409)
    if answer.status == 422:
        return _show(request, _said(form, InvalidCode()), status=422)
    if isinstance(answer.outcome, Redeemed):
        messages.success(request, f"{in_credits(answer.outcome.lot.issued)} arrived in your wallet.")
    return redirect(answer.body)


@login_required
@require_safe
def statement_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Every line, newest first, for a spreadsheet."""
    wallet = up_to_date(customer=request.user, now=request.now)
    entries = newest_first(wallet).select_related("lot", "payment__purchase").iterator(chunk_size=2_000)
    rows = (
        (
            *(entry.number, stamp(entry.at), entry.kind, entry.credits, entry.balance_after),
            *(entry.lot.kind, entry.memo, _invoice(entry)),
        )
        for entry in entries
    )
    return csv_file("statement.csv", CSV_HEAD, rows)


def _show(request: HttpRequest, form: CodeForm, *, status: int = 200) -> HttpResponse:
    wallet = up_to_date(customer=request.user, now=request.now)
    before = _number(request.GET.get("before", ""))
    rows = newest_first(wallet, before=before).select_related("lot", "payment__purchase")
    lines = list(rows[: LINES + 1])
    context = {
        "wallet": wallet,
        "holdings": holdings(wallet),
        "points": balance_over_time(wallet, request.now) if before is None else [],
        "page": _page(lines, wallet, before),
        "form": form,
    }
    return render(request, "shop/credits.html", context, status=status)


def _page(lines: list[Entry], wallet: Wallet, before: int | None) -> Page:
    """Lines are numbered without a gap, so the page above this one is known by counting."""
    shown = lines[:LINES]
    older = f"?before={shown[-1].number}#statement" if len(lines) > LINES else ""
    if before is None or before > wallet.entries_count:
        return Page(shown, older=older)
    above = before + LINES
    newer = (
        f"?before={above}#statement" if above <= wallet.entries_count else reverse("credits") + "#statement"
    )
    return Page(shown, newer=newer, older=older)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None


def _invoice(entry: Entry) -> str:
    purchase = getattr(entry.payment, "purchase", None)
    return purchase.number if purchase else ""


def _fresh_form() -> CodeForm:
    return CodeForm(initial={"key": uuid.uuid4().hex})


def _said(form: CodeForm, refusal: Refusal) -> CodeForm:
    """The same text under a fresh key, with what was said to it."""
    again = CodeForm({"key": uuid.uuid4().hex, "code": form.cleaned_data["code"]})
    again.add_error("code", str(refusal))
    return again
