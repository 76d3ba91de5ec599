"""My requests to support: open one, follow it, add to it, answer it, withdraw it."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from doors.attachments import as_download
from doors.forms import add_refusal, answered_once
from doors.kinds import page_status
from doors.paging import page_of
from doors.reading import in_one_state
from doors.requests import PersonRequest, signed_in
from doors.shop.forms import MessageForm, NewCaseForm, WithdrawForm
from ground.doors import Door
from ground.receipts import Answer
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


@signed_in
@in_one_state
def mine(request: PersonRequest) -> HttpResponse:
    rows = Case.objects.of_customer(request.user).select_related("purchase")
    return render(request, "shop/cases.html", {"page": page_of(request, rows, by="opened_at")})


@signed_in
@answered_once
@in_one_state
def new(request: PersonRequest) -> HttpResponse:
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
        add_refusal(form, refusal)
        return _show_new(request, form, status=422)
    if isinstance(answer.outcome, CaseOpen):
        messages.warning(request, str(answer.outcome))
    elif not answer.replayed:
        messages.success(request, _("Your request is with us. You can follow it here."))
    return redirect(answer.body)


@signed_in
@in_one_state
def show(request: PersonRequest, number: str) -> HttpResponse:
    return _show(request, _mine(request, number), MessageForm())


@signed_in
@require_POST
def message(request: PersonRequest, number: str) -> HttpResponse:
    case, form = _mine(request, number), MessageForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, case, form, status=422)
    data = form.cleaned_data
    try:
        uploads = cases.received(data["attachments"])
        _do(request, case, "customer_message", note=data["message"], uploads=uploads, share=data["share"])
    except BadInput as refusal:
        add_refusal(form, refusal)
        return _show(request, case, form, status=422)
    except Refusal as refusal:
        return _show_refusal(request, _mine(request, number), form, refusal)
    messages.success(request, _("Your message is in the request."))
    return redirect("case", case.number)


@signed_in
@require_POST
def answer(request: PersonRequest, number: str) -> HttpResponse:
    """To a publisher's request: yes, this was me; or no, I want to keep it. To an offer of help: yes or no."""
    case = _mine(request, number)
    act = next((act for (field, word), act in ANSWERS.items() if request.POST.get(field) == word), None)
    if act is None:
        nothing_chosen = _("Choose one of the answers. Nothing was changed.")
        return _show(request, case, MessageForm(), error_message=nothing_chosen, status=422)
    return _act(request, case, act, _("Thank you, your answer is in the request."))


@signed_in
def withdraw(request: PersonRequest, number: str) -> HttpResponse:
    case = _mine(request, number)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "shop/case_withdraw.html", {"case": case, "form": form})
    act = "solve" if form.cleaned_data["solved"] else "withdraw"
    return _act(request, case, act, _("The request is withdrawn. You can open another one at any time."))


@signed_in
def attachment(request: PersonRequest, number: str, ref: str) -> HttpResponse:
    visible = cases.visible_attachments(_mine(request, number), side=Side.CUSTOMER)
    return as_download(get_object_or_404(visible, ref=ref))


def _mine(request: PersonRequest, number: str) -> Case:
    rows = Case.objects.of_customer(request.user).select_related("purchase", "publisher", "compensation")
    return get_object_or_404(rows, number=number)


def _named_purchase(request: PersonRequest) -> Purchase | None:
    """The one in the address, which must be one's own."""
    text = request.GET.get("invoice", "")
    if not text:
        return None
    return get_object_or_404(Purchase.objects.owned_by(request.user), number=normalise(text) or "")


def _open(request: PersonRequest, form: NewCaseForm) -> Answer:
    data = form.cleaned_data
    uploads = cases.received(data["attachments"])
    purchase = form.purchase if data["invoice"] else None
    # A form that offers no choice of items may still be told some, by a script or from the page of another purchase.
    items = data["items"] if "items" in form.fields else request.POST.getlist("items")
    asking = form.asking(request, write=lambda outcome: (303, _address(outcome)))
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
    number = outcome.number if isinstance(outcome, Case) else cast(CaseOpen, outcome).facts["number"]
    return reverse("case", args=[number])


def _do(request: PersonRequest, case: Case, act: str, **brought: Any) -> None:
    cases.do(act, case=case, by=request.user, door=Door.PAGE, now=request.now, **brought)


def _act(request: PersonRequest, case: Case, act: str, done: str) -> HttpResponse:
    try:
        _do(request, case, act)
    except Refusal as refusal:
        case.refresh_from_db()
        return _show_refusal(request, case, MessageForm(), refusal)
    messages.success(request, done)
    return redirect("case", case.number)


def _show_new(request: PersonRequest, form: NewCaseForm, *, status: int = 200) -> HttpResponse:
    return render(request, "shop/case_new.html", {"form": form, "purchase": form.purchase}, status=status)


def _show_refusal(request: PersonRequest, case: Case, form: MessageForm, refusal: Refusal) -> HttpResponse:
    return _show(request, case, form, error_message=str(refusal), status=page_status(refusal))


def _show(
    request: PersonRequest, case: Case, form: MessageForm, *, error_message: str = "", status: int = 200
) -> HttpResponse:
    answers = list(case.answers.select_related("publisher"))
    possible = cases.possible(case, request.user, side=Side.CUSTOMER, now=request.now)
    context = {
        "case": case,
        "form": form,
        "error_message": error_message,
        "story": cases.lines(case, side=Side.CUSTOMER),
        "items": case.items.select_related("item", "item__publisher").order_by("item__position"),
        "answers": answers,
        "can": {name for name, why_not in possible.items() if why_not is None},
        "help": offers_of_help(case),
        "words": says_to_customer(case, answers),
    }
    return render(request, "shop/case.html", context, status=status)
