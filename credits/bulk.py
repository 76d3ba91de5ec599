"""The second and last writer of the ledger: whole stores are loaded through it, by the very digests of the first.

It keeps the wallets it touches in memory, takes what happened line by line, and writes rows by the thousand. `finish`
writes the expiry that is due and the wallets' new heads; before it, nothing adds up, so it stays inside one
transaction.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from credits import ledger
from credits.bulk_rows import ENTRY, LOT, PAYMENT, USAGE, BulkLot, BulkPayment, BulkUsage, BulkWallet
from credits.copying import copy_rows, fresh_ids
from credits.models import MOST, Entry, EntryKind, Kind, Lot, Payment, Usage, Wallet
from credits.refusals import InsufficientCredits, TooManyCredits
from credits.restoring import Restoration, restoration_of
from credits.services import lock_wallet, whole

AT_ONCE = 20_000


class BulkLedger:
    """One load. Customers are named by their ids."""

    def __init__(self, *, now: datetime) -> None:
        assert connection.in_atomic_block, "a load is one transaction"
        self.now = now
        self.wallets: dict[int, BulkWallet] = {}
        self._ids = {model: fresh_ids(model) for model in (Lot, Payment, Usage)}
        self._new_lots: list[BulkLot] = []
        self._old_lots: list[tuple[BulkLot, int]] = []
        self._usages: list[tuple[BulkUsage, int]] = []
        self._payments: list[tuple[Any, ...]] = []
        self._entries: list[tuple[Any, ...]] = []

    def adopt(self, customers: Iterable[int]) -> None:
        """People whom this very load has made, past the signal that opens wallets: `finish` writes theirs."""
        for customer in customers:
            self.wallets[customer] = BulkWallet(customer)

    def grant(
        self,
        *,
        customer: int,
        credits: int,
        kind: str,
        source: str,
        at: datetime,
        expires_at: datetime | None = None,
        memo: str = "",
        made_by: int | None = None,
    ) -> BulkLot:
        wallet = self._wallet(customer)
        lot = self._lot(wallet, whole(credits, least=1), kind, source, at, expires_at)
        if wallet.balance + credits > MOST:
            raise TooManyCredits
        self._append(
            wallet, EntryKind.GRANT, credits, lot, lot.facts(), at=at, memo=memo or source, made_by=made_by
        )
        return lot

    def pay(
        self,
        *,
        customer: int,
        credits: int,
        purpose: str,
        at: datetime,
        memo: str = "",
        made_by: int | None = None,
        draws: Sequence[tuple[BulkLot, int]] | None = None,
    ) -> BulkPayment:
        """Draws in spending order from what was there at that instant, or exactly as `draws` says."""
        wallet = self._wallet(customer)
        whole(credits, least=1)
        draws = self._draw(wallet, credits, at) if draws is None else draws
        if sum(part for _, part in draws) != credits or any(lot.remaining < part for lot, part in draws):
            raise InsufficientCredits(credits=credits, balance=self._spendable(wallet, at))
        payment = BulkPayment(next(self._ids[Payment]), customer, credits, at)
        self._payments.append((payment.pk, customer, credits, purpose, at))
        for lot, part in draws:
            lot.remaining -= part
            usage = BulkUsage(next(self._ids[Usage]), lot, part)
            payment.usages.append(usage)
            self._usages.append((usage, payment.pk))
            facts = ledger.usage_facts(at=ledger.stamp(at), of=credits, purpose=purpose, spent=part)
            self._append(
                wallet,
                EntryKind.SPEND,
                -part,
                lot,
                facts,
                at=at,
                memo=memo or purpose,
                made_by=made_by,
                payment=payment.pk,
            )
        return payment

    def restore(
        self,
        *,
        payment: BulkPayment,
        credits: int,
        evidence: str,
        at: datetime,
        memo: str = "",
        made_by: int | None = None,
        plan: Sequence[Restoration] | None = None,
    ) -> list[tuple[Restoration, BulkLot]]:
        """By the rule, or exactly as `plan` says; gives each part with the lot that holds it now."""
        wallet, done = self._wallet(payment.wallet), []
        newest_first = list(reversed(payment.usages))
        plan = plan or restoration_of(
            newest_first, paid_at=payment.at, credits=whole(credits, least=1), now=at
        )
        assert sum(part.credits for part in plan) == credits, "the parts are the whole"
        for part in plan:
            usage, lot = part.usage, part.lot
            usage.restored += part.credits
            assert usage.restored <= usage.spent, "never more is restored than was spent"
            if lot is None:
                source = usage.lot.source
                lot = self._lot(
                    wallet, part.credits, part.kind, source, at, part.expires_at, reborn_from=usage.pk
                )
            else:
                lot.remaining += part.credits
            facts = ledger.restored_facts(
                evidence=evidence, lot=None if part.lot else lot.facts(), restored=part.credits
            )
            self._append(
                wallet,
                EntryKind.RESTORE,
                part.credits,
                lot,
                facts,
                at=at,
                memo=memo,
                made_by=made_by,
                payment=payment.pk,
            )
            done.append((part, lot))
        return done

    def expire(self, *, lot: BulkLot, at: datetime) -> int:
        """What is left of a lot goes, and is returned."""
        credits, lot.remaining = lot.remaining, 0
        if credits:
            self._append(
                self._wallet(lot.wallet),
                EntryKind.EXPIRE,
                -credits,
                lot,
                ledger.EXPIRED,
                at=at,
                memo="Expired",
            )
        return credits

    def finish(self) -> None:
        """The expiry that is due, then every row that is still held back, then the wallets."""
        for wallet in self.wallets.values():
            due = [
                lot for lot in wallet.lots if lot.remaining and lot.expires_at and lot.expires_at <= self.now
            ]
            for lot in sorted(due, key=lambda lot: lot.turn):
                self.expire(lot=lot, at=self.now)
        self._flush()
        copy_rows(
            Lot,
            LOT,
            (
                (
                    *(lot.pk, lot.wallet, lot.kind, lot.issued, lot.remaining, lot.expires_at, lot.source),
                    *(lot.reborn_from, lot.created_at),
                )
                for lot in self._new_lots
            ),
        )
        copy_rows(
            Usage,
            USAGE,
            (
                (usage.pk, usage.lot.pk, payment, usage.spent, usage.restored)
                for usage, payment in self._usages
            ),
        )
        self._store_wallets()
        self._new_lots, self._usages, self._old_lots, self.wallets = [], [], [], {}

    def _wallet(self, customer: int) -> BulkWallet:
        if customer not in self.wallets:
            self.wallets[customer] = self._load(customer)
        return self.wallets[customer]

    def _load(self, customer: int) -> BulkWallet:
        """A wallet that was there before the load: locked like any other, its open lots with it."""
        row = lock_wallet(customer=customer, now=self.now)
        wallet = BulkWallet(customer, row.balance, row.entries_count, row.head_digest, stored=True)
        for old in row.lots.open():
            lot = BulkLot(
                *(old.pk, customer, old.kind, old.issued, old.remaining, old.expires_at, old.source),
                *(old.reborn_from_id, old.created_at),
            )
            wallet.lots.append(lot)
            self._old_lots.append((lot, lot.remaining))
        return wallet

    def _lot(
        self,
        wallet: BulkWallet,
        credits: int,
        kind: str,
        source: str,
        at: datetime,
        expires_at: datetime | None,
        *,
        reborn_from: int | None = None,
    ) -> BulkLot:
        assert kind in Kind.values, kind
        lot = BulkLot(
            *(next(self._ids[Lot]), wallet.customer, kind, credits, credits, expires_at, source),
            *(reborn_from, at),
        )
        wallet.lots.append(lot)
        self._new_lots.append(lot)
        return lot

    def _draw(self, wallet: BulkWallet, credits: int, at: datetime) -> list[tuple[BulkLot, int]]:
        draws, missing = [], credits
        for lot in sorted((lot for lot in wallet.lots if lot.may_pay(at)), key=lambda lot: lot.turn):
            if not missing:
                break
            part = min(lot.remaining, missing)
            missing -= part
            draws.append((lot, part))
        return draws

    def _spendable(self, wallet: BulkWallet, at: datetime) -> int:
        return sum(lot.remaining for lot in wallet.lots if lot.may_pay(at))

    def _append(
        self,
        wallet: BulkWallet,
        kind: str,
        credits: int,
        lot: BulkLot,
        facts: str,
        *,
        at: datetime,
        memo: str,
        made_by: int | None = None,
        payment: int | None = None,
    ) -> None:
        wallet.balance += credits
        wallet.entries_count += 1
        kind, memo = str(kind), memo[:200]
        wallet.head_digest = ledger.digest(
            wallet.head_digest,
            wallet=wallet.customer,
            number=wallet.entries_count,
            kind=kind,
            credits=credits,
            balance_after=wallet.balance,
            lot=lot.pk,
            payment=payment,
            facts=facts,
            memo=memo,
            made_by=made_by,
            at=at,
        )
        self._entries.append(
            (
                *(
                    wallet.customer,
                    wallet.entries_count,
                    kind,
                    credits,
                    wallet.balance,
                    lot.pk,
                    payment,
                    facts,
                ),
                *(memo, made_by, at, wallet.head_digest),
            )
        )
        if len(self._entries) >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        copy_rows(Payment, PAYMENT, self._payments)
        copy_rows(Entry, ENTRY, self._entries)
        self._payments, self._entries = [], []

    def _store_wallets(self) -> None:
        new = [wallet for wallet in self.wallets.values() if not wallet.stored]
        copy_rows(
            Wallet,
            ("customer_id", "balance", "entries_count", "head_digest"),
            ((wallet.customer, wallet.balance, wallet.entries_count, wallet.head_digest) for wallet in new),
        )
        old = [
            Wallet(
                customer_id=wallet.customer,
                balance=wallet.balance,
                entries_count=wallet.entries_count,
                head_digest=wallet.head_digest,
            )
            for wallet in self.wallets.values()
            if wallet.stored
        ]
        Wallet.objects.bulk_update(old, ["balance", "entries_count", "head_digest"], batch_size=200)
        moved = [
            Lot(pk=lot.pk, remaining=lot.remaining) for lot, was in self._old_lots if lot.remaining != was
        ]
        Lot.objects.bulk_update(moved, ["remaining"], batch_size=400)
