"""Documents: facts frozen when a number is given, and the bytes that are made of them once and kept for ever.

An invoice's facts are written here; whoever stands above and has numbers of its own tells `facts_behind` how to find
theirs, and writes them in the same shape.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils import timezone

from ground.instants import stamp
from outbox.letters import Enclosure
from storefront.models import Document, Invoice, Series
from storefront.rendering import render
from storefront.sold import CANCELLED, Buyer, Sold


def invoice_facts(sold: Sold) -> dict[str, object]:
    """What was true at this moment, with names and addresses as they were. A cancelled purchase gets a void document
    under the same number."""
    return {
        "kind": "void" if sold.status == CANCELLED else "invoice",
        "number": sold.number,
        "date": stamp(sold.completed_at or sold.created_at),
        **parties(sold.customer),
        "title": sold.title,
        "sold": "bundle" if sold.is_bundle else "asset",
        "credits": sold.credits_spent,
        "items": [
            {
                "asset": part.slug,
                "title": part.title,
                "publisher": part.publisher_name,
                "original_price": part.original_price,
                "share": part.share,
            }
            for part in sold.parts
        ],
    }


def credit_note_facts(
    *,
    number: str,
    sold: Sold,
    credits: int,
    lines: Sequence[tuple[str, int]],
    kept: Sequence[str],
    ended: Sequence[str],
    now: datetime,
) -> dict[str, object]:
    """What a credit note says: `lines` add up to the credits given back, `kept` and `ended` are titles."""
    return {
        "kind": "credit_note",
        "number": number,
        "date": stamp(now),
        "invoice": sold.number,
        "invoice_date": stamp(sold.completed_at or sold.created_at),
        **parties(sold.customer),
        "title": sold.title,
        "credits": credits,
        "lines": [{"label": label, "credits": amount} for label, amount in lines],
        "kept": list(kept),
        "ended": list(ended),
    }


def parties(customer: Buyer) -> dict[str, dict[str, str]]:
    """Who sold and who bought, as they are called at this moment."""
    return {
        "seller": {
            "name": settings.STORE_NAME,
            "address": settings.STORE_ADDRESS,
            "email": settings.SUPPORT_EMAIL,
        },
        "buyer": {"name": customer.name, "email": customer.email},
    }


def _of_an_invoice(number: str) -> str:
    return Invoice.objects.values_list("facts", flat=True).get(number=number)


# By the first two letters of a number: the stored facts that its document is made of, as canonical text.
facts_behind: dict[str, Callable[[str], str]] = {Series.INVOICE: _of_an_invoice}


def document_pdf(number: str) -> bytes:
    """The document of a number: rendered when it is first asked for, the same bytes ever after.

    Two who ask first at once both render; one row is kept and both hand out what it holds.
    """
    kept = Document.objects.filter(pk=number).values_list("pdf", flat=True).first()
    if kept is None:
        facts: Mapping[str, object] = json.loads(facts_behind[number[:2]](number))
        # Nothing is ever judged by when bytes were made, so this one reading of the clock is nobody's `now`.
        made = Document(number=number, pdf=render(facts), rendered_at=timezone.now())
        Document.objects.bulk_create([made], ignore_conflicts=True)
        kept = Document.objects.values_list("pdf", flat=True).get(pk=number)
    return bytes(kept)


def enclosure(number: str) -> Enclosure:
    """The document as a letter carries it."""
    return Enclosure(name=f"{number}.pdf", content=document_pdf(number), content_type="application/pdf")
