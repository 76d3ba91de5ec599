"""What a customer can spend at an instant. What has expired by then cannot be spent, even if nobody has written it
into the ledger yet."""

from datetime import datetime

from django.db.models import QuerySet, Sum

from accounts.models import User
from credits.models import Lot


def spendable_lots(customer: User, *, now: datetime) -> "QuerySet[Lot]":
    """In the order in which they are spent."""
    return Lot.objects.filter(wallet=customer.pk).open().exclude(expires_at__lte=now).in_spending_order()


def spendable(customer: User, *, now: datetime) -> int:
    lots = spendable_lots(customer, now=now).order_by()
    return int(lots.aggregate(credits=Sum("remaining", default=0))["credits"])
