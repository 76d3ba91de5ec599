"""The request that a client repeats after a crash: the same purchase, the same key, the same words."""

from django.utils import timezone

from ground.receipts import Answer, Asking, digest_of
from refunds.services import request_refund
from storefront.models import Purchase


def refund_with_its_key(number: str) -> Answer:
    purchase = Purchase.objects.select_related("customer").get(number=number)
    asking = Asking(
        person=purchase.customer,
        key=f"refund-{number}",
        what=digest_of(number, str(purchase.credits_spent)),
        now=timezone.now(),
        door="api",
        write=lambda refund: (201, f"refund {refund.pk}"),
    )
    return request_refund(asking=asking, purchase=purchase, expected_credits=purchase.credits_spent)
