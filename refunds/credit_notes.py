"""The numbered document of a refund. It names the invoice and its date; the invoice itself never changes."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from credits.ledger import canonical, stamp
from refunds.models import CreditNote, Refund
from storefront.models import Purchase, PurchaseItem, Series
from storefront.numbers import next_number


def issue_credit_note(
    refund: Refund, purchase: Purchase, items: Sequence[PurchaseItem], *, now: datetime
) -> CreditNote:
    """Takes its number last: everybody who refunds waits for that row."""
    facts = credit_note_facts(refund, purchase, items)
    number = next_number(Series.CREDIT_NOTE)
    return CreditNote.objects.create(
        refund=refund,
        customer_id=refund.customer_id,
        number=number,
        facts=canonical({"number": number, **facts}),
        issued_at=now,
    )


def credit_note_facts(refund: Refund, purchase: Purchase, items: Sequence[PurchaseItem]) -> dict[str, object]:
    return {
        "date": stamp(refund.at),
        "invoice": purchase.number,
        "invoice_date": stamp(purchase.completed_at),
        "seller": {
            "name": settings.STORE_NAME,
            "address": settings.STORE_ADDRESS,
            "email": settings.SUPPORT_EMAIL,
        },
        "buyer": {"name": purchase.customer.name, "email": purchase.customer.email},
        "title": purchase.title,
        "basis": refund.basis,
        "credits": refund.credits,
        "credits_spent": purchase.credits_spent,
        "items": [
            {
                "asset": item.asset.slug,
                "title": item.title,
                "original_price": item.original_price,
                "share": item.share,
                "kept": not (purchase.revoked_at or item.revoked_at),
            }
            for item in items
        ],
    }
