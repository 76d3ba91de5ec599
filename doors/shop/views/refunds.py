"""Request refund: the quote, the confirmation that carries it, and what came of it."""

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from credits.models import MOST
from ground.receipts import Asking, digest_of
from ground.refusals import Refusal
from refunds.dependants import kept_that_require_lost, lost_and_kept
from refunds.figures import count_quote
from refunds.models import Case, Refund
from refunds.refusals import QuoteChanged
from refunds.services import Quote, opinion, request_refund
from storefront.models import Purchase


class ConfirmForm(forms.Form):
    """What the customer confirms: the very credits that were shown, and what they would give up for nothing."""

    key = forms.CharField(max_length=255, widget=forms.HiddenInput)
    expected_credits = forms.IntegerField(min_value=0, max_value=MOST, widget=forms.HiddenInput)
    for_nothing = forms.BooleanField(required=False, label="Yes, end these licences for 0 credits")
    close_case = forms.BooleanField(required=False)

    def __init__(self, *args: object, found: Quote, case: Case | None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        credits, left = found.decision.credits, found.decision.credits_spent - found.decision.credits
        if credits or not found.decision.eligible:
            del self.fields["for_nothing"]
        if case is None or not found.decision.eligible:
            del self.fields["close_case"]
        else:
            self.fields["close_case"].label = (
                f"You have an open request, {case.number}. Taking {credits} now closes it"
                + (f"; the other {left} cannot be asked for afterwards." if left else ".")
            )

    def clean(self) -> dict[str, object]:
        for name in ("for_nothing", "close_case"):
            if name in self.fields and not self.cleaned_data.get(name):
                self.add_error(name, "Nothing was refunded yet: tick this if it is what you want.")
        return self.cleaned_data


@login_required
def refund(request: HttpRequest, number: str) -> HttpResponse:
    purchase = get_object_or_404(Purchase.objects.owned_by(request.user).to_judge(), number=number)
    found = opinion(purchase=purchase, now=request.now)
    case = Case.objects.open().filter(purchase=purchase).first()
    if request.method != "POST":
        return _show(request, found, _fresh_form(found, case), case)
    form = ConfirmForm(request.POST, found=found, case=case)
    if not form.is_valid():
        return _show(request, found, form, case, status=422)
    expected = form.cleaned_data["expected_credits"]
    asking = Asking(
        person=request.user,
        key=form.cleaned_data["key"],
        what=digest_of("refund", purchase.number, str(expected)),
        now=request.now,
        door="page",
        write=lambda outcome: _answer(outcome, purchase),
    )
    try:
        answer = request_refund(asking=asking, purchase=purchase, expected_credits=expected)
    except Refusal as refusal:
        return _show(request, found, _fresh_form(found, case), case, said=str(refusal), status=409)
    if isinstance(answer.outcome, QuoteChanged):
        new = answer.outcome.facts["quote"]
        return _show(request, new, _fresh_form(new, case), case, said=str(answer.outcome), status=409)
    return redirect(answer.body)


@login_required
def done(request: HttpRequest, number: str) -> HttpResponse:
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


@login_required
def credit_note_pdf(request: HttpRequest, number: str) -> HttpResponse:
    from storefront.documents import document_pdf

    refund = get_object_or_404(
        Refund.objects.select_related("credit_note"), customer=request.user, purchase__number=number
    )
    note = refund.credit_note
    response = HttpResponse(document_pdf(note.number), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{note.number}.pdf"'
    return response


def _answer(outcome: object, purchase: Purchase) -> tuple[int, str]:
    """Where whoever asks again with the same key is led: to what the first asking led to."""
    if isinstance(outcome, Refund):
        return 303, reverse("refund_done", args=[purchase.number])
    return 303, reverse("refund", args=[purchase.number])


def _fresh_form(found: Quote, case: Case | None) -> ConfirmForm:
    initial = {"key": uuid.uuid4().hex, "expected_credits": found.decision.credits}
    return ConfirmForm(initial=initial, found=found, case=case)


def _show(
    request: HttpRequest,
    found: Quote,
    form: ConfirmForm,
    case: Case | None,
    *,
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    count_quote(found.decision)
    context = {
        "purchase": found.gathered.purchase,
        "decision": found.decision,
        "form": form,
        "case": case,
        "said": said,
    }
    return render(request, "shop/refund.html", context, status=status)
