"""Facts of a document, frozen when its number is given."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from credits.ledger import canonical, stamp
from storefront.models import Invoice, Purchase, PurchaseItem


def issue_invoice(purchase: Purchase, items: Sequence[PurchaseItem], *, now: datetime) -> Invoice:
    """The invoice says what was true at this moment, with names and addresses as they were."""
    return Invoice.objects.create(
        purchase=purchase,
        customer_id=purchase.customer_id,
        number=purchase.number,
        facts=canonical(invoice_facts(purchase, items)),
        issued_at=now,
    )


def invoice_facts(purchase: Purchase, items: Sequence[PurchaseItem]) -> dict[str, object]:
    return {
        "number": purchase.number,
        "date": stamp(purchase.completed_at or purchase.created_at),
        "void": purchase.status == "cancelled",
        "seller": {
            "name": settings.STORE_NAME,
            "address": settings.STORE_ADDRESS,
            "email": settings.SUPPORT_EMAIL,
        },
        "buyer": {"name": purchase.customer.name, "email": purchase.customer.email},
        "title": purchase.title,
        "kind": "bundle" if purchase.is_bundle else "asset",
        "credits": purchase.credits_spent,
        "items": [
            {
                "asset": item.asset.slug,
                "title": item.title,
                "original_price": item.original_price,
                "share": item.share,
            }
            for item in items
        ],
    }
