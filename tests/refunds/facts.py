"""Facts of made-up purchases, asked of the policy."""

from datetime import UTC, datetime, timedelta

from refunds.policy import (
    Download,
    Facts,
    Item,
    Kind,
    Status,
    Terms,
    decide,
)

STANDARD = Terms("2025-08", datetime(1970, 1, 1, tzinfo=UTC), window_days=30, bundle_percent=50)
BOUGHT = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FETCHED = Download(datetime(2026, 11, 2, 10, 0, tzinfo=UTC))
MICROSECOND = timedelta(microseconds=1)

ADA, BEN = 1, 2


def asset(*, downloads=(), price=40, **changes):
    """Ada's purchase of one asset."""
    return Facts(
        **{
            "requester": ADA,
            "owner": ADA,
            "invoice": "IN010000000001",
            "kind": Kind.ASSET,
            "title": "Oak trees",
            "status": Status.COMPLETED,
            "completed_at": BOUGHT,
            "credits_spent": price,
            "items": (Item("oak", "Oak trees", price, tuple(downloads)),),
        }
        | changes
    )


def bundle(prices, *, downloaded=0, spent=100, **changes):
    """Ada's purchase of a bundle of which she downloaded the first items."""
    items = tuple(
        Item(f"a{place}", f"Asset {place}", price, (FETCHED,) if place < downloaded else ())
        for place, price in enumerate(prices)
    )
    whole = {"kind": Kind.BUNDLE, "title": "Forest", "items": items, "credits_spent": spent}
    return asset(**(whole | changes))


def ask(facts, *, now=NOW, terms=STANDARD):
    return decide(facts, terms=terms, now=now)


def codes(facts, **question):
    return [reason.code for reason in ask(facts, **question).reasons]
