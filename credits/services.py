"""The writers of the ledger: grant, pay, restore, expire. Each works inside the caller's transaction on a wallet that
the caller has locked, and says so loudly otherwise."""

from datetime import datetime

from django.db import connection

from accounts.models import User
from credits import ledger
from credits.models import MOST, Entry, EntryKind, Kind, Lot, Payment, Usage, Wallet
from credits.refusals import InsufficientCredits, TooManyCredits
from credits.restoring import Restoration, restoration_of


def lock_wallet(*, customer: User | int, now: datetime) -> Wallet:
    """Locks the wallet and writes the expiry that is due, so that whoever looks afterwards sees what is really there."""
    assert connection.in_atomic_block, "a wallet is locked inside a transaction"
    wallet = Wallet.objects.lock(customer)
    expire(wallet=wallet, now=now)
    return wallet


def expire(*, wallet: Wallet, now: datetime) -> int:
    """Writes what has expired by now, and returns how many credits that were."""
    _assert_locked(wallet)
    due = list(wallet.lots.open().filter(expires_at__lte=now).in_spending_order())
    if not due:
        return 0
    lines = [
        _line(EntryKind.EXPIRE, -lot.remaining, lot, ledger.EXPIRED, at=now, memo="Expired") for lot in due
    ]
    for lot in due:
        lot.remaining = 0
    Lot.objects.bulk_update(due, ["remaining"])
    _append(wallet, lines)
    return -sum(line.credits for line in lines)


def grant(
    *,
    wallet: Wallet,
    credits: int,
    kind: str,
    source: str,
    now: datetime,
    expires_at: datetime | None = None,
    memo: str = "",
    made_by: User | None = None,
) -> Lot:
    """New credits arrive as one lot."""
    _assert_locked(wallet)
    whole(credits, least=1)
    assert kind in Kind.values, kind
    if wallet.balance + credits > MOST:
        raise TooManyCredits
    lot = Lot.objects.create(
        wallet=wallet,
        kind=kind,
        issued=credits,
        remaining=credits,
        expires_at=expires_at,
        source=source,
        created_at=now,
    )
    _append(
        wallet,
        [_line(EntryKind.GRANT, credits, lot, _born(lot), at=now, memo=memo or source, made_by=made_by)],
    )
    return lot


def pay(
    *, wallet: Wallet, credits: int, purpose: str, now: datetime, memo: str = "", made_by: User | None = None
) -> Payment:
    """Takes credits from the lots in spending order: never from one that has expired by then."""
    _assert_locked(wallet)
    whole(credits, least=1)
    lots = list(wallet.lots.open().in_spending_order())
    # Another shop may date a purchase ahead. What will have expired by then comes first in this order, and is not spent.
    over = [lot for lot in lots if lot.expires_at is not None and lot.expires_at <= now]
    there = wallet.balance - sum(lot.remaining for lot in over)
    if there < credits:
        raise InsufficientCredits(credits=credits, balance=there)
    payment = Payment.objects.create(wallet=wallet, credits=credits, purpose=purpose, at=now)
    usages, missing = [], credits
    for lot in lots[len(over) :]:
        if not missing:
            break
        spent = min(lot.remaining, missing)
        lot.remaining -= spent
        missing -= spent
        usages.append(Usage(lot=lot, payment=payment, spent=spent))
    assert missing == 0, "the balance is the sum of the lots"
    Usage.objects.bulk_create(usages)
    Lot.objects.bulk_update([usage.lot for usage in usages], ["remaining"])
    lines = []
    for usage in usages:
        facts = ledger.usage_facts(at=ledger.stamp(now), of=credits, purpose=purpose, spent=usage.spent)
        line = _line(
            EntryKind.SPEND, -usage.spent, usage.lot, facts, at=now, memo=memo or purpose, made_by=made_by
        )
        line.payment = payment
        lines.append(line)
    _append(wallet, lines)
    return payment


def plan_restoration(*, payment: Payment | None, credits: int, now: datetime) -> list[Restoration]:
    """Which lots get credits back: in the reverse of the order in which they were spent. Quote and booking both ask
    here, so that what was shown is what happens."""
    if payment is None or credits == 0:
        return []
    newest_first = payment.usages.select_related("lot").order_by("-id")
    return restoration_of(newest_first, paid_at=payment.at, credits=credits, now=now)


def restore(
    *,
    wallet: Wallet,
    payment: Payment,
    credits: int,
    evidence: str,
    now: datetime,
    plan: list[Restoration] | None = None,
    memo: str = "",
    made_by: User | None = None,
) -> list[Restoration]:
    """Gives credits of a payment back. `evidence` is the digest of the fact they come back for: it becomes part of the
    chain. `plan` is what the caller has planned under this very lock, so that it need not be read again."""
    _assert_locked(wallet)
    whole(credits, least=1)
    assert payment.wallet_id == wallet.pk, "credits go back where they came from"
    if wallet.balance + credits > MOST:
        raise TooManyCredits
    plan = plan or plan_restoration(payment=payment, credits=credits, now=now)
    assert sum(part.credits for part in plan) == credits, "the plan gives back what was asked for"
    reborn = [
        Lot(
            wallet=wallet,
            kind=part.kind,
            issued=part.credits,
            remaining=part.credits,
            expires_at=part.expires_at,
            source=part.usage.lot.source,
            reborn_from=part.usage,
            created_at=now,
        )
        for part in plan
        if part.lot is None
    ]
    Lot.objects.bulk_create(reborn)
    new_lots = {lot.reborn_from_id: lot for lot in reborn}
    lines = []
    for part in plan:
        part.usage.restored += part.credits
        lot = part.lot or new_lots[part.usage.pk]
        if part.lot:
            lot.remaining += part.credits
        facts = ledger.restored_facts(
            evidence=evidence, lot=None if part.lot else _born(lot), restored=part.credits
        )
        line = _line(EntryKind.RESTORE, part.credits, lot, facts, at=now, memo=memo, made_by=made_by)
        line.payment = payment
        lines.append(line)
    Usage.objects.bulk_update([part.usage for part in plan], ["restored"])
    filled = [part.lot for part in plan if part.lot]
    if filled:
        Lot.objects.bulk_update(filled, ["remaining"])
    _append(wallet, lines)
    return plan


def whole(credits: int, *, least: int = 0) -> int:
    """Credits are whole numbers: no float, no bool, nothing that only looks like one."""
    if type(credits) is not int or not least <= credits <= MOST:
        raise TypeError(f"credits are a whole number from {least} to {MOST}, not {credits!r}")
    return credits


def _assert_locked(wallet: Wallet) -> None:
    assert wallet.is_locked, "the wallet must be locked in the running transaction"


def _born(lot: Lot) -> str:
    return ledger.lot_facts(
        created_at=ledger.stamp(lot.created_at),
        expires_at=ledger.stamp(lot.expires_at),
        issued=lot.issued,
        kind=lot.kind,
        reborn_from=lot.reborn_from_id,
        source=lot.source,
    )


def _line(
    kind: str,
    credits: int,
    lot: Lot,
    facts: str,
    *,
    at: datetime,
    memo: str,
    made_by: User | None = None,
) -> Entry:
    return Entry(
        kind=kind,
        credits=credits,
        lot=lot,
        facts=facts,
        memo=memo[:200],
        made_by=made_by,
        at=at,
    )


def _append(wallet: Wallet, lines: list[Entry]) -> None:
    """Chains the lines to the wallet's last one and moves the balance with them."""
    for line in lines:
        wallet.balance += line.credits
        wallet.entries_count += 1
        line.wallet, line.number, line.balance_after = wallet, wallet.entries_count, wallet.balance
        line.digest = wallet.head_digest = ledger.digest(
            wallet.head_digest or ledger.GENESIS,
            wallet=wallet.pk,
            number=line.number,
            kind=line.kind,
            credits=line.credits,
            balance_after=line.balance_after,
            lot=line.lot_id,
            payment=line.payment_id,
            facts=line.facts,
            memo=line.memo,
            made_by=line.made_by_id,
            at=line.at,
        )
    assert wallet.balance >= 0, "no wallet is ever overdrawn"
    Entry.objects.bulk_create(lines)
    wallet.save(update_fields=["balance", "entries_count", "head_digest"])
