"""The letter about a purchase: a receipt, with the invoice."""

from datetime import datetime

from outbox.models import Message
from storefront.models import Purchase


def letters_of_purchase(pk: int, at: datetime) -> list[Message]:
    purchase = Purchase.objects.select_related("customer").get(pk=pk)
    return [
        Message(
            template="receipt",
            data={
                "invoice": purchase.number,
                "title": purchase.title,
                "credits": purchase.credits_spent,
                "enclose": ["invoice", purchase.number],
            },
            to=purchase.customer.email,
            person=purchase.customer,
            queued_at=at,
            due_at=at,
        )
    ]
