"""The numbered document of a refund. It names the invoice and its date; the invoice itself never changes."""

from credits.chain import canonical
from refunds.models import CreditNote, Refund
from storefront import documents
from storefront.sold import Sold


def note_of(refund: Refund, sold: Sold, *, number: str) -> CreditNote:
    return CreditNote(
        refund=refund,
        customer_id=refund.customer_id,
        number=number,
        facts=canonical(_facts(refund, sold, number)),
        issued_at=refund.at,
    )


def _facts(refund: Refund, sold: Sold, number: str) -> dict[str, object]:
    """How the credits were reached, and what the customer goes on having."""
    ended = [part.title for place, part in enumerate(sold.parts) if sold.revoked(place)]
    kept = [part.title for place, part in enumerate(sold.parts) if not sold.revoked(place)]
    lines = [(f"Paid for {sold.title}", sold.credits_spent)]  # English: stored
    if refund.credits < sold.credits_spent:
        reason = "For what you keep" if kept else "Not given back"  # English: stored
        lines.append((reason, refund.credits - sold.credits_spent))
    facts = documents.credit_note_facts(
        number=number, sold=sold, credits=refund.credits, lines=lines, kept=kept, ended=ended, now=refund.at
    )
    return {**facts, "basis": refund.basis}


def facts_of_note(number: str) -> str:
    return CreditNote.objects.values_list("facts", flat=True).get(number=number)
