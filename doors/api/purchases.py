"""What a customer bought, and buying."""

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from accounts.models import User
from doors.api import shapes
from doors.api.fields import Checked, Credits, Moment, Slug, Strict, Tick, read, read_query
from doors.api.keys import answered, asking
from doors.api.paging import listed
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say
from refunds.models import Refund
from storefront.documents import document_pdf
from storefront.models import Asset, Bundle, Invoice, Purchase, PurchaseItem, Status
from storefront.services import request_purchase


class PurchaseFilters(Strict):
    status = serializers.ChoiceField(Status.values, required=False)
    asset = Slug(required=False, help_text="purchases with this asset in them")
    bundle = Slug(required=False, help_text="purchases of this bundle")
    completed_after = Moment(required=False)
    completed_before = Moment(required=False)


LOOKED_UP = {
    "status": "status",
    "asset": "items__asset__slug",
    "bundle": "bundle__slug",
    "completed_after": "completed_at__gt",
    "completed_before": "completed_at__lt",
}


class WhatToBuy(Strict):
    asset = Slug(required=False)
    bundle = Slug(required=False)
    expected_credits = Credits(help_text="the price that the customer was shown")
    allow_duplicate = Tick(default=False, help_text="buy it again although it is owned; recorded")

    def validate(self, attrs: Checked) -> Checked:
        if ("asset" in attrs) == ("bundle" in attrs):
            raise serializers.ValidationError("Name one asset or one bundle.", code="one_thing")
        return attrs


@route(
    "get",
    "purchases/",
    "List my purchases",
    name="purchases_list",
    scope="purchases:read",
    answers={200: shapes.a_page_of(shapes.PurchaseAnswer)},
    query=PurchaseFilters,
    paged=True,
)
def list_purchases(request: ApiRequest) -> HttpResponse:
    wanted = read_query(PurchaseFilters, request)
    rows = with_all_that_is_told(Purchase.objects.owned_by(request.user)).filter(
        **{LOOKED_UP[name]: value for name, value in wanted.items()}
    )
    return say(
        listed(
            request,
            rows,
            ordering=("-created_at", "-id"),
            shape=shapes.PurchaseAnswer,
        )
    )


@route(
    "post",
    "purchases/",
    "Buy an asset or a bundle",
    name="purchases_buy",
    scope="purchases:write",
    body=WhatToBuy,
    key="needed",
    answers={201: shapes.PurchaseAnswer},
    problems=["price_changed", "already_owned", "insufficient_credits", "not_for_sale", "not_found"],
)
def buy(request: ApiRequest) -> HttpResponse:
    wanted = read(WhatToBuy, request)
    thing = _thing(wanted)
    answer = request_purchase(
        asking=asking(request, bought),
        thing=thing,
        expected_credits=wanted["expected_credits"],
        allow_duplicate=wanted["allow_duplicate"],
    )
    return answered(answer)


@route(
    "get",
    "purchases/<invoice:invoice>/",
    "Read a purchase",
    name="purchases_read",
    scope="purchases:read",
    answers={200: shapes.PurchaseAnswer},
    problems=["not_found"],
)
def read_purchase(request: ApiRequest, invoice: str) -> HttpResponse:
    return say(shapes.PurchaseAnswer.draw(own_purchase(request.user, invoice)))


@route(
    "get",
    "purchases/<invoice:invoice>/invoice.pdf",
    "The invoice",
    name="purchases_invoice",
    scope="purchases:read",
    writes=True,
    answers={200: OpenApiTypes.BINARY},
    problems=["not_found"],
)
def read_invoice(request: ApiRequest, invoice: str) -> HttpResponse:
    return pdf(get_object_or_404(Invoice, customer=request.user, number=invoice).number)


@route(
    "get",
    "purchases/<invoice:invoice>/credit-note.pdf",
    "The credit note",
    name="purchases_credit_note",
    scope="purchases:read",
    writes=True,
    answers={200: OpenApiTypes.BINARY},
    problems=["not_found"],
)
def read_credit_note(request: ApiRequest, invoice: str) -> HttpResponse:
    refunds = Refund.objects.select_related("credit_note")
    refund = get_object_or_404(refunds, customer=request.user, purchase__number=invoice)
    return pdf(refund.credit_note.number)


def own_purchase(customer: User, invoice: str) -> Purchase:
    """Somebody else's is one that never was."""
    return get_object_or_404(with_all_that_is_told(Purchase.objects.owned_by(customer)), number=invoice)


def with_all_that_is_told(rows: "QuerySet[Purchase]") -> "QuerySet[Purchase]":
    """Two statements for any number of purchases."""
    return rows.select_related("terms", "payment", "customer", "refund__credit_note").prefetch_related(
        _items()
    )


def bought(purchase: Purchase) -> tuple[int, dict[str, object]]:
    """What was bought just now brings its items and has no refund: nobody needs to ask."""
    return 201, shapes.PurchaseAnswer.draw(purchase, refund=None)


def _items() -> "Prefetch[str]":
    return Prefetch("items", PurchaseItem.objects.select_related("asset", "publisher"))


def pdf(number: str) -> HttpResponse:
    response = HttpResponse(document_pdf(number), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


def _thing(wanted: Checked) -> Asset | Bundle:
    if "asset" in wanted:
        return get_object_or_404(Asset, slug=wanted["asset"])
    return get_object_or_404(Bundle, slug=wanted["bundle"])
