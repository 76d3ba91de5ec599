"""The letters of a refund: the customer reads all of it, a publisher only what concerns its own items."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import PublisherEmail
from outbox.models import Message
from refunds.dependants import kept_that_require_lost, lost_and_kept
from refunds.models import Basis, Refund
from storefront.models import PurchaseItem


def letters_of_refund(pk: int, at: datetime) -> list[Message]:
    """Worked out from the stored refund, whatever happened to the purchase since."""
    refund = Refund.objects.select_related("purchase__customer", "credit_note").get(pk=pk)
    purchase, note = refund.purchase, refund.credit_note.number
    items = list(purchase.items.all())
    lost, kept = lost_and_kept(refund, items)
    gone = {item.pk for item in lost}
    common = {"invoice": purchase.number, "credit_note": note, "basis": refund.basis}
    to_customer = Message(
        template="refunded",
        data={
            **common,
            "title": purchase.title,
            "credits": refund.credits,
            "credits_spent": purchase.credits_spent,
            "lost": [item.title for item in lost],
            "kept": [item.title for item in kept],
            "broken": kept_that_require_lost(kept, lost) if kept and lost else [],
            "enclose": ["credit_note", note],
        },
        to=purchase.customer.email,
        person=purchase.customer,
        queued_at=at,
        due_at=at,
    )
    to_publishers = [
        Message(
            template="refunded_publisher",
            data={
                **common,
                "by_the_store": refund.basis == Basis.GOODWILL,
                "items": [
                    {
                        "title": item.title,
                        "share": item.share,
                        "kept_share": item.kept_share,
                        "lost": item.pk in gone,
                    }
                    for item in items
                    if item.publisher_id == publisher
                ],
            },
            to=address,
            queued_at=at,
            due_at=at,
        )
        for publisher, address in _publishers_addresses(items)
    ]
    return [to_customer, *to_publishers]


def _publishers_addresses(items: Sequence[PurchaseItem]) -> list[tuple[int, str]]:
    """One confirmed business address of each publisher concerned, the oldest."""
    first: dict[int, str] = {}
    rows = PublisherEmail.objects.filter(
        publisher__in={item.publisher_id for item in items}, confirmed_at__isnull=False
    )
    for publisher, address in rows.order_by("id").values_list("publisher_id", "address"):
        first.setdefault(publisher, address)
    return list(first.items())
