"""My requests to support: open one, follow it, add to it, answer it, withdraw it."""

import hashlib
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from doors.attachments import as_download
from doors.paging import page_of
from doors.shop.forms import MessageForm, NewCaseForm, WithdrawForm
from ground.receipts import Asking, digest_of
from ground.refusals import Refusal
from refunds import cases
from refunds.case_wording import says_to_customer
from refunds.cases.by_customer import offers_of_help
from refunds.cases.refusals import BadInput, CaseOpen
from refunds.models import Case
from refunds.models.cases import Side
from storefront.models import Purchase
from storefront.numbers import normalise

# What the buttons of a request say: to a publisher's request, and to an offer of help.
ANSWERS = {
    ("mine", "yes"): "agree",
    ("mine", "no"): "keep",
    ("accept_help", "yes"): "accept_help",
    ("accept_help", "no"): "refuse_help",
}


@login_required
def mine(request: HttpRequest) -> HttpResponse:
    rows = Case.objects.of_customer(request.user).select_related("purchase")
    return render(request, "shop/cases.html", {"page": page_of(request, rows, by="opened_at")})


@login_required
def new(request: HttpRequest) -> HttpResponse:
    purchase = _named_purchase(request)
    if request.method != "POST":
        form = NewCaseForm(
            initial={
                "invoice": purchase.number if purchase else "",
                "grounds": request.GET.get("grounds", ""),
            },
            person=request.user,
            purchase=purchase,
        )
        return _show_new(request, form)
    form = NewCaseForm(request.POST, request.FILES, person=request.user, purchase=purchase)
    if not form.is_valid():
        return _show_new(request, form, status=422)
    try:
        answer = _open(request, form)
    except Refusal as refusal:
        _add_error(form, refusal)
        return _show_new(request, form, status=422)
    if isinstance(answer.outcome, CaseOpen):
        messages.warning(request, str(answer.outcome))
    elif not answer.replayed:
        messages.success(request, "Your request is with us. You can follow it here.")
    return redirect(answer.body)


@login_required
def show(request: HttpRequest, number: str) -> HttpResponse:
    return _show(request, _mine(request, number), MessageForm())


@login_required
@require_POST
def message(request: HttpRequest, number: str) -> HttpResponse:
    case, form = _mine(request, number), MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, case, form, status=422)
    data = form.cleaned_data
    try:
        uploads = cases.received(data["attachments"])
        _do(request, case, "customer_message", note=data["message"], uploads=uploads, share=data["share"])
    except BadInput as refusal:
        _add_error(form, refusal)
        return _show(request, case, form, status=422)
    except Refusal as refusal:
        return _show(request, _mine(request, number), form, said=str(refusal), status=409)
    messages.success(request, "Your message is in the request.")
    return redirect("case", case.number)


@login_required
@require_POST
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """To a publisher's request: yes, this was me; or no, I want to keep it. To an offer of help: yes or no."""
    case = _mine(request, number)
    act = next((act for (field, word), act in ANSWERS.items() if request.POST.get(field) == word), None)
    if act is None:
        return _show(
            request, case, MessageForm(), said="Choose one of the answers. Nothing was changed.", status=422
        )
    return _act(request, case, act, "Thank you, your answer is in the request.")


@login_required
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    case = _mine(request, number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "shop/case_withdraw.html", {"case": case, "form": form})
    act = "solve" if form.cleaned_data["solved"] else "withdraw"
    return _act(request, case, act, "The request is withdrawn. You can open another one at any time.")


@login_required
def attachment(request: HttpRequest, number: str, ref: str) -> HttpResponse:
    found = get_object_or_404(cases.visible_attachments(_mine(request, number), side=Side.CUSTOMER), ref=ref)
    return as_download(found)


def _mine(request: HttpRequest, number: str) -> Case:
    found = Case.objects.of_customer(request.user).select_related("purchase", "publisher", "compensation")
    return get_object_or_404(found, number=number)


def _named_purchase(request: HttpRequest) -> Purchase | None:
    """The one in the address, which must be one's own."""
    text = request.GET.get("invoice", "")
    if not text:
        return None
    return get_object_or_404(Purchase.objects.owned_by(request.user), number=normalise(text) or "")


def _open(request: HttpRequest, form: NewCaseForm) -> Any:
    data = form.cleaned_data
    uploads = cases.received(data["attachments"])
    purchase = form.purchase if data["invoice"] else None
    # A form that offers no choice of items may still be told some, by a script or from the page of another purchase.
    items = data["items"] if "items" in form.fields else request.POST.getlist("items")
    asking = Asking(
        person=request.user,
        key=data["key"],
        what=digest_of(
            "open case",
            data["invoice"],
            data["grounds"],
            ",".join(items),
            data["message"],
            *(hashlib.sha256(upload.content).hexdigest() for upload in uploads),
        ),
        now=request.now,
        door="page",
        write=lambda outcome: (303, _address(outcome)),
    )
    return cases.open_by_customer(
        asking=asking,
        purchase=purchase,
        grounds=data["grounds"],
        message=data["message"],
        items=(items or None) if purchase else None,
        uploads=uploads,
        share=data["share"],
    )


def _address(outcome: object) -> str:
    number = outcome.number if isinstance(outcome, Case) else outcome.facts["number"]  # type: ignore[attr-defined] # CaseOpen
    return reverse("case", args=[number])


def _add_error(form: Any, refusal: Refusal) -> None:
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, str(refusal))


def _do(request: HttpRequest, case: Case, act: str, **brought: Any) -> None:
    cases.do(act, case=case, by=request.user, door="page", now=request.now, **brought)


def _act(request: HttpRequest, case: Case, act: str, done: str) -> HttpResponse:
    try:
        _do(request, case, act)
    except Refusal as refusal:
        case.refresh_from_db()
        return _show(request, case, MessageForm(), said=str(refusal), status=409)
    messages.success(request, done)
    return redirect("case", case.number)


def _show_new(request: HttpRequest, form: NewCaseForm, *, status: int = 200) -> HttpResponse:
    return render(request, "shop/case_new.html", {"form": form, "purchase": form.purchase}, status=status)


def _show(
    request: HttpRequest, case: Case, form: MessageForm, *, said: str = "", status: int = 200
) -> HttpResponse:
    answers = list(case.answers.select_related("publisher"))
    possible = cases.possible(case, request.user, side=Side.CUSTOMER, now=request.now)
    context = {
        "case": case,
        "form": form,
        "said": said,
        "story": cases.lines(case, side=Side.CUSTOMER),
        "items": case.items.select_related("item", "item__publisher").order_by("item__position"),
        "answers": answers,
        "can": {name for name, why_not in possible.items() if why_not is None},
        "help": offers_of_help(case),
        "words": says_to_customer(case, answers),
    }
    return render(request, "shop/case.html", context, status=status)
