"""What a customer bought, and buying."""

import json
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from doors.api import shapes
from doors.api.described import described
from doors.api.fields import Credits, Moment, Slug, Strict, Tick, read, read_query
from doors.api.keys import answered, asking
from doors.api.paging import PAGED, listed
from doors.api.views import Route, say
from refunds.models import Refund
from refunds.question import rfc3339
from storefront.documents import document_pdf
from storefront.models import Asset, Bundle, Invoice, Purchase, PurchaseItem, Status
from storefront.services import request_purchase
from storefront.sold import Part


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

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("asset" in attrs) == ("bundle" in attrs):
            raise serializers.ValidationError("Name one asset or one bundle.", code="one_thing")
        return attrs


class Purchases(Route):
    scopes = {"GET": "purchases:read", "POST": "purchases:write"}

    @property
    def params(self) -> frozenset[str]:  # type: ignore[override] # buying takes none
        return PAGED | LOOKED_UP.keys() if self.request.method != "POST" else frozenset()

    @described(
        "List my purchases",
        name="purchases_list",
        scope="purchases:read",
        answers={200: shapes.a_page_of(shapes.PurchaseAnswer)},
        query=[PurchaseFilters],
        paged=True,
    )
    def get(self, request: Request) -> HttpResponse:
        wanted = read_query(PurchaseFilters, request)
        rows = with_all_that_is_told(Purchase.objects.owned_by(request.user)).filter(
            **{LOOKED_UP[name]: value for name, value in wanted.items()}
        )
        return say(
            listed(
                request,
                rows,
                ordering=("-created_at", "-id"),
                draw=lambda page: [purchase_json(one) for one in page],
            )
        )

    @described(
        "Buy an asset or a bundle",
        name="purchases_buy",
        scope="purchases:write",
        body=WhatToBuy,
        key="needed",
        answers={201: shapes.PurchaseAnswer},
        problems=["price_changed", "already_owned", "insufficient_credits", "not_for_sale", "not_found"],
    )
    def post(self, request: Request) -> HttpResponse:
        wanted = read(WhatToBuy, request)
        thing = _thing(wanted)
        answer = request_purchase(
            asking=asking(request, bought),
            thing=thing,
            expected_credits=wanted["expected_credits"],
            allow_duplicate=wanted["allow_duplicate"],
        )
        return answered(answer)


class OnePurchase(Route):
    scopes = {"GET": "purchases:read"}

    @described(
        "Read a purchase",
        name="purchases_read",
        scope="purchases:read",
        answers={200: shapes.PurchaseAnswer},
        problems=["not_found"],
    )
    def get(self, request: Request, invoice: str) -> HttpResponse:
        return say(purchase_json(own_purchase(request.user, invoice)))


class InvoicePdf(Route):
    scopes = {"GET": "purchases:read"}

    @described(
        "The invoice",
        name="purchases_invoice",
        scope="purchases:read",
        answers={200: OpenApiTypes.BINARY},
        problems=["not_found"],
    )
    def get(self, request: Request, invoice: str) -> HttpResponse:
        return pdf(get_object_or_404(Invoice, customer=request.user, number=invoice).number)


class CreditNotePdf(Route):
    scopes = {"GET": "purchases:read"}

    @described(
        "The credit note",
        name="purchases_credit_note",
        scope="purchases:read",
        answers={200: OpenApiTypes.BINARY},
        problems=["not_found"],
    )
    def get(self, request: Request, invoice: str) -> HttpResponse:
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


def bought(purchase: Purchase) -> tuple[int, dict[str, Any]]:
    """What was bought just now brings its items and has no refund: nobody needs to ask."""
    return 201, _as_told(purchase, None)


def purchase_json(purchase: Purchase) -> dict[str, Any]:
    return _as_told(purchase, getattr(purchase, "refund", None))


def _items() -> "Prefetch[str]":
    return Prefetch("items", PurchaseItem.objects.select_related("asset", "publisher"))


def _as_told(purchase: Purchase, refund: Refund | None) -> dict[str, Any]:
    until = purchase.refundable_until
    return {
        "invoice": purchase.number,
        "status": purchase.status,
        "kind": "bundle" if purchase.is_bundle else "asset",
        "title": purchase.title,
        "credits_spent": purchase.credits_spent,
        "completed_at": rfc3339(purchase.completed_at) if purchase.completed_at else None,
        "refundable_until": rfc3339(until) if until else None,
        "items": _items_as_told(purchase),
        "refund": refund_json(refund) if refund else None,
    }


def _items_as_told(purchase: Purchase) -> list[dict[str, Any]]:
    if purchase.just_bought is not None:
        return [_item(part, part.slug, part.publisher_slug) for part in purchase.just_bought]
    return [
        _item(
            item,
            item.asset.slug,
            item.publisher.slug,
            downloaded=item.first_downloaded_at is not None,
            revoked=bool(purchase.revoked_at or item.revoked_at),
        )
        for item in purchase.items.all()
    ]


def _item(
    item: PurchaseItem | Part, asset: str, publisher: str, *, downloaded: bool = False, revoked: bool = False
) -> dict[str, Any]:
    return {
        "asset": asset,
        "title": item.title,
        "publisher": publisher,
        "original_price": item.original_price,
        "share": item.share,
        "downloaded": downloaded,
        "revoked": revoked,
    }


def refund_json(refund: Refund) -> dict[str, Any]:
    """With the decision as it was stored, not as it would be worded today."""
    return {
        "credit_note": refund.credit_note.number,
        "credits": refund.credits,
        "basis": refund.basis,
        "refunded_at": rfc3339(refund.at),
        "decision": json.loads(refund.decision),
    }


def pdf(number: str) -> HttpResponse:
    response = HttpResponse(document_pdf(number), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


def _thing(wanted: dict[str, Any]) -> Asset | Bundle:
    if "asset" in wanted:
        return get_object_or_404(Asset, slug=wanted["asset"])
    return get_object_or_404(Bundle, slug=wanted["bundle"])
