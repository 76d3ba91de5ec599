"""What the clock asks of wallets: expiry for the quiet ones, and a word before it comes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F

from credits.books import open_books
from credits.models import ExpiryNotice, Kind, Lot, LotQuerySet
from ground.instants import stamp
from ground.models import Receipt
from ground.refusals import Busy
from ground.transactions import in_transaction
from outbox import letters
from outbox.jobs import every

WARNED_BEFORE = (30, 7)  # days
RECEIPTS_AT_ONCE = 5_000


@every(hours=1)
def expire_credits(now: datetime) -> int:
    """Writes the expiry of every wallet that has some due, each in a transaction of its own; returns how many."""
    due = Lot.objects.open().filter(expires_at__lte=now)
    customers = list(due.order_by("wallet_id").values_list("wallet_id", flat=True).distinct())
    return sum(_unless_held(partial(open_books, [customer], now=now)) for customer in customers)


@every(hours=6)
def warn_of_expiry(now: datetime) -> int:
    """One letter for each wallet and deadline, however often the job runs; returns how many were queued."""
    return sum(_warn(days, now) for days in WARNED_BEFORE)


@every(hours=24)
def forget_receipts(now: datetime) -> int:
    """Answers past their date. Those that are kept for good have none."""
    count = 0
    while old := list(
        Receipt.objects.filter(keep_until__lt=now).values_list("pk", flat=True)[:RECEIPTS_AT_ONCE]
    ):
        count += Receipt.objects.filter(pk__in=old).delete()[0]
    return count


def _unless_held(act: Callable[[], object]) -> bool:
    """A wallet that somebody holds right now is passed by, so that the others need not wait for it: whoever holds it
    writes its expiry, and the next round looks again."""
    try:
        return bool(in_transaction(act))
    except Busy:
        return False


def _warn(days: int, now: datetime) -> int:
    """Lots that go within so many days, later than the next warning's time, and that lived before this one's."""
    sooner = max((other for other in WARNED_BEFORE if other < days), default=0)
    going = (
        Lot.objects.open()
        .filter(expires_at__gt=now + timedelta(days=sooner), expires_at__lte=now + timedelta(days=days))
        .filter(created_at__lte=F("expires_at") - timedelta(days=days))
        .exclude(notices__days=days)
    )
    customers = list(going.order_by("wallet_id").values_list("wallet_id", flat=True).distinct())
    return sum(_unless_held(partial(_tell, customer, going, days, now)) for customer in customers)


def _tell(customer: int, going: LotQuerySet, days: int, now: datetime) -> bool:
    """Under the wallet's lock, so that two workers tell nobody twice."""
    open_books([customer], now=now)
    lots = list(going.filter(wallet=customer).select_related("wallet__customer").in_spending_order())
    if not lots:
        return False
    ExpiryNotice.objects.bulk_create([ExpiryNotice(lot=lot, days=days, at=now) for lot in lots])
    letters.queue(
        template="credits_expire",
        to=lots[0].wallet.customer,
        data={
            "days": days,
            "credits": sum(lot.remaining for lot in lots),
            "lots": [
                {
                    "credits": lot.remaining,
                    "kind_words": Kind(lot.kind).label.lower(),
                    "expires_at": stamp(lot.expires_at),
                }
                for lot in lots
            ],
        },
        now=now,
    )
    return True
