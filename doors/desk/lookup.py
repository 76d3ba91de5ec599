"""Verify invoice: any number in any spelling, and the whole invoice as it stands today."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from doors.desk.pages import at, show
from refunds.models import Case
from refunds.verification import VerifiedItem, readable, verify
from storefront.models import Purchase


@dataclass(frozen=True)
class Invoice:
    purchase: Purchase
    items: list[VerifiedItem]
    cases: list[Case]


def verify_invoice(request: HttpRequest) -> HttpResponse:
    asked = [text for text in request.GET.getlist("number") if text.strip()]
    numbers = readable(asked)
    found: dict[int, list[VerifiedItem]] = {}
    if numbers:
        for item in verify(publisher=None, numbers=numbers, by=request.user, door="desk", now=request.now):
            found.setdefault(item.item.purchase_id, []).append(item)
    purchases = Purchase.objects.select_related("customer", "refund__credit_note").filter(pk__in=found)
    cases = Case.objects.filter(purchase__in=found).order_by("-opened_at")
    by_purchase: dict[int, list[Case]] = {}
    for case in cases:
        by_purchase.setdefault(case.purchase_id or 0, []).append(case)
    invoices = [Invoice(one, found[one.pk], by_purchase.get(one.pk, [])) for one in purchases]
    known = {invoice.purchase.number for invoice in invoices}
    context = {
        "asked": ", ".join(asked),
        "invoices": sorted(invoices, key=lambda invoice: numbers.index(invoice.purchase.number)),
        "unknown": [number for number in numbers if number not in known],
        "unreadable": bool(asked) and not numbers,
    }
    return show(request, "verify_invoice", "Verify invoice", context)


urlpatterns: list[URLPattern] = [
    at(r"verify-invoice/", verify_invoice, "desk_verify_invoice", may="storefront.view_purchase"),
]
