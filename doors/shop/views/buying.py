"""Buying: a page that says what it costs and what is left, and the one press that does it."""

import uuid

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from credits.models import MOST
from ground.receipts import Asking, digest_of
from ground.refusals import Busy, InProgress, Refusal
from storefront.contents import contents
from storefront.models import Asset, Bundle, Purchase
from storefront.owned import oldest_live_items
from storefront.services import request_purchase


class BuyForm(forms.Form):
    """What is confirmed: the price that was shown, and whether it is meant a second time."""

    key = forms.CharField(max_length=255, widget=forms.HiddenInput)
    credits = forms.IntegerField(min_value=0, max_value=MOST, widget=forms.HiddenInput)
    again = forms.BooleanField(required=False, label="Yes, buy it again")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def buy_asset(request: HttpRequest, slug: str) -> HttpResponse:
    return _buy(request, get_object_or_404(Asset.objects.select_related("publisher"), slug=slug))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def buy_bundle(request: HttpRequest, slug: str) -> HttpResponse:
    return _buy(request, get_object_or_404(Bundle.objects.select_related("publisher"), slug=slug))


def _buy(request: HttpRequest, thing: Asset | Bundle) -> HttpResponse:
    if request.method != "POST":
        return _confirmation(request, thing)
    form = BuyForm(request.POST)
    if not form.is_valid():
        return _confirmation(request, thing, "The form was not complete, so nothing was bought.", status=422)
    expected, again = form.cleaned_data["credits"], form.cleaned_data["again"]
    asking = Asking(
        person=request.user,
        key=form.cleaned_data["key"],
        what=digest_of("buy", thing.kind, thing.slug, str(expected), str(again)),
        now=request.now,
        door="page",
        write=_told,
    )
    try:
        answer = request_purchase(
            asking=asking, thing=thing, expected_credits=expected, allow_duplicate=again
        )
    except (Busy, InProgress) as refusal:
        # Nothing is answered yet: pressing again asks under the same key, so that it never becomes a second purchase.
        page = _confirmation(request, thing, str(refusal), again=again, key=asking.key, status=409)
        page["Retry-After"] = "1"
        return page
    except Refusal as refusal:
        return _confirmation(request, thing, str(refusal), again=again, status=409)
    if answer.status != 303:
        thing.refresh_from_db()
        return _confirmation(request, thing, answer.body, again=again, status=answer.status)
    return redirect(answer.body)


def _told(outcome: object) -> tuple[int, str]:
    """Whoever asks again with the same key is led to the same purchase, or told the same no."""
    if isinstance(outcome, Purchase):
        return 303, f"{reverse('purchase', args=[outcome.number])}?bought"
    return 409, str(outcome)


def _confirmation(
    request: HttpRequest,
    thing: Asset | Bundle,
    said: str = "",
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
        "assets": assets,
        "said": said,
        "owned": list(mine.values()),
        "all_owned": bool(assets) and len(mine) == len(assets),
        "for_sale": bool(assets) and not thing.withdrawn_at and not any(one.withdrawn_at for one in assets),
        "has": has,
        "left": has - thing.price,
        "missing": max(0, thing.price - has),
        "key": key or uuid.uuid4().hex,
        "again": again,
    }
    return render(request, "shop/buy.html", context, status=status)
