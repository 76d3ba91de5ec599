"""Request refund: the quote, the confirmation that carries it, and what came of it."""

from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from credits.models import MOST
from doors.forms import KeyedForm, answered_once
from doors.kinds import page_status
from doors.reading import in_one_state
from doors.requests import PersonRequest, signed_in
from doors.shop.views.documents import as_pdf
from ground.refusals import Refusal
from refunds.dependants import kept_that_require_lost, lost_and_kept
from refunds.figures import count_quote
from refunds.models import Case, Refund
from refunds.refusals import QuoteChanged
from refunds.services import Quote, opinion, request_refund
from storefront.models import Purchase


class ConfirmForm(KeyedForm):
    """What the customer confirms: the very credits that were shown, and what they would give up for nothing."""

    expected_credits = forms.IntegerField(min_value=0, max_value=MOST, widget=forms.HiddenInput)
    for_nothing = forms.BooleanField(required=False, label=_lazy("Yes, end these licences for 0 credits"))
    close_case = forms.BooleanField(required=False)

    def __init__(self, *args: Any, quoted: Quote, case: Case | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["expected_credits"] = quoted.decision.credits
        if quoted.decision.credits or not quoted.decision.eligible:
            del self.fields["for_nothing"]
        if case is None or not quoted.decision.eligible:
            del self.fields["close_case"]
        else:
            self.fields["close_case"].label = _closing(case, quoted)

    def clean(self) -> dict[str, Any]:
        for name in ("for_nothing", "close_case"):
            if name in self.fields and not self.cleaned_data.get(name):
                self.add_error(name, _("Nothing was refunded yet: tick this if it is what you want."))
        return self.cleaned_data


def _closing(case: Case, quoted: Quote) -> str:
    credits, left = quoted.decision.credits, quoted.decision.credits_spent - quoted.decision.credits
    if not left:
        sentence = _("You have an open request, {number}. Taking {credits} now closes it.")
    else:
        sentence = ngettext(
            "You have an open request, {number}. Taking {credits} now closes it; the other {left} cannot be asked for "
            "afterwards.",
            "You have an open request, {number}. Taking {credits} now closes it; the other {left} cannot be asked for "
            "afterwards.",
            left,
        )
    return sentence.format(number=case.number, credits=credits, left=left)


@signed_in
@answered_once
@in_one_state
def refund(request: PersonRequest, number: str) -> HttpResponse:
    purchase = get_object_or_404(Purchase.objects.owned_by(request.user).to_judge(), number=number)
    quoted = opinion(purchase=purchase, now=request.now)
    case = Case.objects.open().filter(purchase=purchase).first()
    if request.method != "POST":
        return _show(request, quoted, ConfirmForm(quoted=quoted, case=case), case)
    form = ConfirmForm(request.POST, quoted=quoted, case=case)
    if not form.is_valid():
        return _show(request, quoted, form, case, status=422)
    expected = form.cleaned_data["expected_credits"]
    asking = form.asking(request, write=lambda outcome: (303, _address(outcome, purchase)))
    try:
        # The tick is there if the page's own quote gave 0 credits; the answer under the lock may be 0 all the same.
        answer = request_refund(
            asking=asking,
            purchase=purchase,
            expected_credits=expected,
            agreed_to_nothing=form.cleaned_data.get("for_nothing", False),
        )
    except Refusal as refusal:
        return _show_refusal(request, quoted, case, refusal)
    if isinstance(answer.outcome, QuoteChanged):
        return _show_refusal(request, cast(Quote, answer.outcome.facts["quote"]), case, answer.outcome)
    return redirect(answer.body)


@signed_in
@in_one_state
def done(request: PersonRequest, number: str) -> HttpResponse:
    """Told from the stored refund, so that it reads the same tomorrow."""
    refund = get_object_or_404(
        Refund.objects.select_related("purchase", "credit_note"),
        customer=request.user,
        purchase__number=number,
    )
    lost, kept = lost_and_kept(refund, list(refund.purchase.items.select_related("asset")))
    context = {
        "refund": refund,
        "purchase": refund.purchase,
        "lost": lost,
        "kept": kept,
        "broken": kept_that_require_lost(kept, lost),
    }
    return render(request, "shop/refund_done.html", context)


@signed_in
def credit_note_pdf(request: PersonRequest, number: str) -> HttpResponse:
    refund = get_object_or_404(
        Refund.objects.select_related("credit_note"), customer=request.user, purchase__number=number
    )
    return as_pdf(refund.credit_note.number)


def _address(outcome: object, purchase: Purchase) -> str:
    """Where whoever asks again with the same key is led: to what the first asking led to."""
    return reverse("refund_done" if isinstance(outcome, Refund) else "refund", args=[purchase.number])


def _show_refusal(request: PersonRequest, quoted: Quote, case: Case | None, refusal: Refusal) -> HttpResponse:
    form = ConfirmForm(quoted=quoted, case=case)
    status = page_status(refusal)
    return _show(request, quoted, form, case, error_message=str(refusal), status=status)


def _show(
    request: PersonRequest,
    quoted: Quote,
    form: ConfirmForm,
    case: Case | None,
    *,
    error_message: str = "",
    status: int = 200,
) -> HttpResponse:
    """A quote is counted here, where it is shown: one that is confirmed unchanged was counted when it was."""
    count_quote(quoted.decision)
    context = {
        "purchase": quoted.gathered.purchase,
        "decision": quoted.decision,
        "form": form,
        "case": case,
        "error_message": error_message,
    }
    return render(request, "shop/refund.html", context, status=status)
