"""A customer's credits: the balance and its lots, the statement, and a code that becomes more."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from credits.codes import Redeemed, redeem_code
from credits.models import Entry, Wallet
from credits.refusals import InvalidCode, TooManyGuesses
from credits.statement import balance_over_time, holdings, newest_first, up_to_date
from doors.forms import KeyOptionalForm, answered_once
from doors.kinds import page_status
from doors.paging import Page
from doors.requests import PersonRequest, signed_in
from doors.spreadsheets import csv_file
from ground.instants import stamp
from ground.refusals import Refusal
from ground.templatetags.recredit import in_credits
from ground.transactions import snapshot

LINES = 25
CSV_HEAD = ("number", "at", "kind", "credits", "balance_after", "lot_kind", "what", "invoice")


class CodeForm(KeyOptionalForm):
    code = forms.CharField(
        label=_lazy("Code"),
        max_length=200,
        help_text=_lazy("Capitals, spaces and dashes make no difference."),
        error_messages={"required": _lazy("Type or paste the code; nothing was redeemed yet.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


@signed_in
@require_safe
def wallet(request: PersonRequest) -> HttpResponse:
    return _show(request, CodeForm())


@signed_in
@answered_once
def redeem(request: PersonRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("credits")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    code = form.cleaned_data["code"]
    asking = form.asking(request, write=_written)
    try:
        answer = redeem_code(asking=asking, text=code)
    except Refusal as refusal:
        return _show_refusal(request, form, refusal)
    if answer.status != 303:
        return _show_refusal(request, form, InvalidCode())
    if isinstance(answer.outcome, Redeemed):
        arrived = in_credits(answer.outcome.lot.issued)
        messages.success(request, _("{credits} arrived in your wallet.").format(credits=arrived))
    return redirect(answer.body)


@signed_in
@require_safe
def statement_csv(request: PersonRequest) -> StreamingHttpResponse:
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


def _written(outcome: object) -> tuple[int, str]:
    return page_status(outcome) if isinstance(outcome, Refusal) else 303, reverse("credits")


def _show_refusal(request: PersonRequest, form: CodeForm, refusal: Refusal) -> HttpResponse:
    """The same text under a fresh key, with what was said to it."""
    form.renew()
    form.add_error("code", str(refusal))
    page = _show(request, form, status=page_status(refusal))
    if isinstance(refusal, TooManyGuesses):
        page["Retry-After"] = str(refusal.facts["seconds"])
    return page


def _show(request: PersonRequest, form: CodeForm, *, status: int = 200) -> HttpResponse:
    up_to_date(customer=request.user, now=request.now)
    with snapshot():
        return _page_of_credits(request, form, status=status)


def _page_of_credits(request: PersonRequest, form: CodeForm, *, status: int) -> HttpResponse:
    wallet = Wallet.objects.get(customer=request.user)
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
