"""Buying: a page that says what it costs and what is left, and the one press that does it."""

from typing import cast

from django import forms
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from credits.models import MOST
from doors.forms import KeyedForm, answered_once
from doors.kinds import page_status
from doors.reading import in_one_state
from doors.requests import PersonRequest, signed_in
from doors.trouble import retry_soon
from ground.refusals import Busy, InProgress, Refusal
from storefront.contents import contents
from storefront.models import Asset, Bundle, Purchase
from storefront.owned import oldest_live_items
from storefront.services import request_purchase


class BuyForm(KeyedForm):
    """What is confirmed: the price that was shown, and whether it is meant a second time."""

    credits = forms.IntegerField(min_value=0, max_value=MOST, widget=forms.HiddenInput)
    again = forms.BooleanField(required=False, label=_lazy("Yes, buy it again"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@answered_once
@in_one_state
def buy_asset(request: PersonRequest, slug: str) -> HttpResponse:
    return _buy(request, get_object_or_404(Asset.objects.select_related("publisher"), slug=slug))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@answered_once
@in_one_state
def buy_bundle(request: PersonRequest, slug: str) -> HttpResponse:
    return _buy(request, get_object_or_404(Bundle.objects.select_related("publisher"), slug=slug))


def _buy(request: PersonRequest, thing: Asset | Bundle) -> HttpResponse:
    if request.method != "POST":
        return _confirmation(request, thing)
    form = BuyForm(request.POST)
    if not form.is_valid():
        incomplete = _("The form was not complete, so nothing was bought.")
        return _confirmation(request, thing, incomplete, status=422)
    expected, again = form.cleaned_data["credits"], form.cleaned_data["again"]
    asking = form.asking(request, write=_written)
    try:
        answer = request_purchase(
            asking=asking, thing=thing, expected_credits=expected, allow_duplicate=again
        )
    except (Busy, InProgress) as refusal:
        # Nothing is answered yet: pressing again asks under the same key, so that it never becomes a second purchase.
        page = _confirmation(
            request, thing, str(refusal), again=again, key=asking.key, status=page_status(refusal)
        )
        return retry_soon(page, refusal)
    except Refusal as refusal:
        return _confirmation(request, thing, str(refusal), again=again, status=page_status(refusal))
    if answer.status != 303:
        thing.refresh_from_db()
        return _confirmation(request, thing, answer.body, again=again, status=answer.status)
    return redirect(answer.body)


def _written(outcome: object) -> tuple[int, str]:
    """Whoever asks again with the same key is led to the same purchase, or told the same no."""
    if isinstance(outcome, Refusal):
        return page_status(outcome), str(outcome)
    return 303, f"{reverse('purchase', args=[cast(Purchase, outcome).number])}?bought"


def _confirmation(
    request: PersonRequest,
    thing: Asset | Bundle,
    error_message: str = "",
    *,
    again: bool = False,
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    assets = [thing] if isinstance(thing, Asset) else contents(thing)
    mine = oldest_live_items(request.user, assets, request.now)
    # What has expired by now cannot be spent, even if nobody has written it into the ledger yet.
    spendable = request.user.wallet.lots.open().exclude(expires_at__lte=request.now)
    has = spendable.aggregate(credits=Sum("remaining", default=0))["credits"]
    context = {
        "thing": thing,
        "form": BuyForm(initial={"key": key} if key else None),
        "assets": assets,
        "error_message": error_message,
        "owned": list(mine.values()),
        "all_owned": bool(assets) and len(mine) == len(assets),
        "for_sale": bool(assets) and not thing.withdrawn_at and not any(one.withdrawn_at for one in assets),
        "has": has,
        "left": has - thing.price,
        "missing": max(0, thing.price - has),
        "again": again,
    }
    return render(request, "shop/buy.html", context, status=status)
