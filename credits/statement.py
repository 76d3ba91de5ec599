"""A wallet as its owner reads it: lines newest first, and how the balance went."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from credits.books import open_books
from credits.models import Entry, Lot, Wallet
from ground.refusals import Busy
from ground.transactions import in_transaction

DRAWN_FROM = 1_000  # lines at most behind a chart, however long the statement is
POINTS = 120


def up_to_date(*, customer: User, now: datetime) -> Wallet:
    """The wallet without what has expired: whoever looks writes the expiry that is due, as whoever locks does."""
    if Lot.objects.open().filter(wallet=customer.pk, expires_at__lte=now).exists():
        with suppress(Busy):  # somebody else is just writing it
            in_transaction(lambda: open_books([customer.pk], now=now))
    return Wallet.objects.get(pk=customer.pk)


@dataclass(frozen=True)
class Holding:
    """Credits of one kind that last equally long, however many lots they came in."""

    kind: str
    expires_at: datetime | None
    remaining: int
    since: datetime
    lots: int


def holdings(wallet: Wallet) -> list[Holding]:
    """What the balance is made of, in spending order: hundreds of small lots are still a short list."""
    found: dict[tuple[str, datetime | None], Holding] = {}
    for lot in wallet.lots.open().in_spending_order():
        key = lot.kind, lot.expires_at
        before = found.get(key) or Holding(lot.get_kind_display(), lot.expires_at, 0, lot.created_at, 0)
        found[key] = replace(
            before,
            remaining=before.remaining + lot.remaining,
            since=min(before.since, lot.created_at),
            lots=before.lots + 1,
        )
    return list(found.values())


def newest_first(wallet: Wallet, *, before: int | None = None) -> QuerySet[Entry]:
    """The lines, each with its lot; from the one before `before` on. Numbers have no gaps, so they key the pages."""
    rows = wallet.entries.select_related("lot").order_by("-number")
    return rows if before is None else rows.filter(number__lt=before)


def balance_over_time(wallet: Wallet, now: datetime) -> list[tuple[datetime, int]]:
    """A point a day at most: the balance that the day ended with. Lines may step back in time; a picture does not."""
    lines = list(
        wallet.entries.order_by("-number").values_list("at", "credits", "balance_after")[:DRAWN_FROM]
    )
    if not lines:
        return []
    at, credits, balance = lines[-1]
    points = {at.date(): (at, balance - credits)} if balance != credits else {}
    latest = at
    for at, _, balance in reversed(lines):
        latest = max(latest, at)
        points[latest.date()] = (latest, balance)
    drawn = list(points.values())
    every = -(-len(drawn) // POINTS)
    return [*drawn[:-1:every], drawn[-1], (max(now, latest), wallet.balance)]
