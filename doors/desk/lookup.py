"""Verify invoice: any number in any spelling, and the whole invoice as it stands today."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import URLPattern
from django.utils.translation import gettext as _

from doors.desk.pages import DeskRequest, at, show
from ground.doors import Door
from refunds.models import Case
from refunds.verification import VerifiedItem, readable, verify
from storefront.models import Purchase


@dataclass(frozen=True)
class Invoice:
    purchase: Purchase
    items: list[VerifiedItem]
    cases: list[Case]


def verify_invoice(request: DeskRequest) -> HttpResponse:
    typed = [text for text in request.GET.getlist("number") if text.strip()]
    numbers = readable(typed)
    items: dict[int, list[VerifiedItem]] = {}
    if numbers:
        for item in verify(publisher=None, numbers=numbers, by=request.user, door=Door.DESK, now=request.now):
            items.setdefault(item.item.purchase_id, []).append(item)
    purchases = Purchase.objects.select_related("customer", "refund__credit_note").filter(pk__in=items)
    cases: dict[int | None, list[Case]] = {}
    for case in Case.objects.filter(purchase__in=items).order_by("-opened_at"):
        cases.setdefault(case.purchase_id, []).append(case)
    invoices = [Invoice(purchase, items[purchase.pk], cases.get(purchase.pk, [])) for purchase in purchases]
    known = {invoice.purchase.number for invoice in invoices}
    context = {
        "typed": ", ".join(typed),
        "invoices": sorted(invoices, key=lambda invoice: numbers.index(invoice.purchase.number)),
        "unknown": [number for number in numbers if number not in known],
        "unreadable": bool(typed) and not numbers,
    }
    return show(request, "verify_invoice", _("Verify invoice"), context)


urlpatterns: list[URLPattern] = [
    at(
        r"verify-invoice/", verify_invoice, "desk_verify_invoice", may="storefront.view_purchase", writes=True
    ),
]
