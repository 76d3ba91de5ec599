"""The numbered document of a refund. It names the invoice and its date; the invoice itself never changes."""

from collections.abc import Sequence
from datetime import datetime

from credits.ledger import canonical
from refunds.models import CreditNote, Refund
from storefront import documents
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
        facts=canonical({**facts, "number": number}),
        issued_at=now,
    )


def credit_note_facts(refund: Refund, purchase: Purchase, items: Sequence[PurchaseItem]) -> dict[str, object]:
    """All but its number: how the credits were reached, and what the customer goes on having."""
    ended = [item.title for item in items if purchase.revoked_at or item.revoked_at]
    kept = [item.title for item in items if not (purchase.revoked_at or item.revoked_at)]
    lines = [(f"Paid for {purchase.title}", purchase.credits_spent)]
    if refund.credits < purchase.credits_spent:
        reason = "For what you keep" if kept else "Not given back"
        lines.append((reason, refund.credits - purchase.credits_spent))
    facts = documents.credit_note_facts(
        number="",
        purchase=purchase,
        credits=refund.credits,
        lines=lines,
        kept=kept,
        ended=ended,
        now=refund.at,
    )
    del facts["number"]
    return {**facts, "basis": refund.basis}


def facts_of_note(number: str) -> str:
    return CreditNote.objects.values_list("facts", flat=True).get(number=number)
