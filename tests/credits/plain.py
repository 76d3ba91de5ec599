"""Wallets in plain values, without a database, and what may be done to them."""

from datetime import timedelta

from credits import ledger
from tests.world import NOW, days_before

ADA, BEN = 7, 8


def lot(wallet, name, credits, *, kind="paid", days=None, days_ago=10.0):
    ends = None if days is None else NOW + timedelta(days=days)
    at = days_before(days_ago)
    return ledger.grant(wallet, credits=credits, kind=kind, source=name, expires_at=ends, at=at)


def pay(wallet, credits, *, at=NOW, **how):
    return ledger.pay(wallet, credits=credits, purpose="Oak", at=at, **how)


def restore(wallet, payment, credits, *, at=NOW):
    plan = ledger.plan_restoration(payment, credits=credits, now=at)
    return ledger.restore(wallet, plan, evidence="e" * 64, at=at)


def left(wallet):
    return {one.source: one.remaining for one in wallet.lots}


def state(wallet):
    """All that may not move where something is refused."""
    return (
        (wallet.balance, wallet.entries_count, wallet.head_digest, len(wallet.lines)),
        [(one.id, one.remaining) for one in wallet.lots],
    )
