"""Who is told of a refund, and what: the customer all of it, a publisher only what concerns its own items."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from accounts.models import PublisherEmail
from outbox.letters import queue_many
from outbox.models import Message
from refunds.dependants import kept_that_require_lost
from refunds.models import Basis, CreditNote, Refund
from refunds.wording import BASES
from storefront.models import Purchase, PurchaseItem


def queue_refund_letters(
    refund: Refund, note: CreditNote, purchase: Purchase, items: Sequence[PurchaseItem], *, now: datetime
) -> None:
    """From the stored refund, in its transaction, in one statement."""
    told = {
        "invoice": purchase.number,
        "credit_note": note.number,
        "title": purchase.title,
        "basis": refund.basis,
        "credits": refund.credits,
        "credits_spent": purchase.credits_spent,
    }
    lost = [item for item in items if purchase.revoked_at or item.revoked_at]
    kept = [item for item in items if item not in lost]
    messages = [
        Message(
            template="refunded",
            data={
                **told,
                "lost": [item.title for item in lost],
                "kept": [item.title for item in kept],
                "broken": kept_that_require_lost(kept, lost) if kept and lost else [],
                "enclose": ["credit_note", note.number],
            },
            to=purchase.customer.email,
            person=purchase.customer,
            queued_at=now,
            due_at=now,
        )
    ]
    for publisher, address in _publishers_addresses(items):
        own = [item for item in items if item.publisher_id == publisher]
        messages.append(
            Message(
                template="refunded_publisher",
                data={
                    **{key: told[key] for key in ("invoice", "credit_note", "basis")},
                    "reason": BASES[refund.basis],
                    "by_the_store": refund.basis == Basis.GOODWILL,
                    "items": [
                        {
                            "title": item.title,
                            "share": item.share,
                            "kept_share": item.kept_share,
                            "lost": item in lost,
                        }
                        for item in own
                    ],
                },
                to=address,
                queued_at=now,
                due_at=now,
            )
        )
    queue_many(messages)


def _publishers_addresses(items: Sequence[PurchaseItem]) -> list[tuple[int, str]]:
    """One confirmed business address of each publisher concerned, the oldest."""
    first: dict[int, str] = defaultdict(str)
    rows = PublisherEmail.objects.filter(
        publisher__in={item.publisher_id for item in items}, confirmed_at__isnull=False
    )
    for publisher, address in rows.order_by("id").values_list("publisher_id", "address"):
        first.setdefault(publisher, address)
    return list(first.items())
