"""The books: wallets opened under their locks, and what became of them written, for one customer or a hundred thousand.

Opening locks the wallets by id and reads their open lots; the ledger acts on plain values; closing stores all that
changed. Each takes a constant number of statements, however many wallets, lots and lines there are. A purchase is a
batch of one; the load of a whole store is a large one, whose things get their ids beforehand.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Self

from django.db import connection
from django.db.models import Model

from credits import ledger, models
from credits.ledger import Line, Lot, Payment, Usage, Wallet
from ground import rows
from ground.laws import law
from ground.prepared import Given, Prepared

WALLET = ("balance", "entries_count", "head_digest")
LOT = ("wallet_id", "kind", "issued", "remaining", "expires_at", "source", "created_at", "reborn_from_id")
PAYMENT = ("wallet_id", "credits", "purpose", "at")
USAGE = ("payment_id", "lot_id", "spent", "restored")
ENTRY = (
    *("wallet_id", "number", "kind", "credits", "balance_after", "lot_id", "payment_id", "facts", "memo"),
    *("made_by_id", "at", "digest"),
)
ACTS_AT_ONCE = 20_000  # that a load holds back
KINDS: Mapping[type, type[Model]] = {Lot: models.Lot, Payment: models.Payment, Usage: models.Usage}

_wallets = Prepared(
    lambda: (
        models.Wallet.objects.filter(pk__among=Given("customers"))
        .order_by("pk")
        .values_list("customer_id", *WALLET)
    ),
    lock=models.Wallet,
)
_open_lots = Prepared(
    lambda: (
        models.Lot.objects.open()
        .filter(wallet__among=Given("customers"))
        .order_by("id")
        .values_list(*LOT, "id")
    )
)
_usages = Prepared(
    lambda: (
        models.Usage.objects.filter(payment__among=Given("payments"))
        .order_by("id")
        .values_list(
            *("payment_id", *(f"payment__{name}" for name in PAYMENT), "spent", "restored", "id"),
            *(f"lot__{name}" for name in (*LOT, "id")),
        )
    )
)


def open_books(customers: Collection[int], *, now: datetime) -> "Books":
    """The wallets, locked until the transaction ends, without what has expired by now."""
    books = Books(now=now)
    books.open(customers)
    return books


def read_payments(payments: Collection[int], *, lots: dict[int, Lot] | None = None) -> dict[int, Payment]:
    """Payments by id, with their usages and lots. `lots` are those that the reader has already."""
    found: dict[int, Payment] = {}
    known = {} if lots is None else lots
    for pk, customer, credits, purpose, at, spent, restored, usage, *lot in _usages(payments=payments):
        payment = found.setdefault(pk, Payment(customer, credits, purpose, at, pk))
        drawn_on = known.setdefault(lot[-1], Lot(*lot))
        payment.usages.append(Usage(payment, drawn_on, spent, restored, usage))
    return found


class Books:
    """Wallets that are open. Customers are named by their ids. As a context manager they close where nothing failed."""

    def __init__(self, *, now: datetime, of_a_load: bool = False) -> None:
        law(connection.in_atomic_block, "books are opened inside a transaction")
        self.now = now
        self._transaction = connection.atomic_blocks[-1]
        self._wallets: dict[int, Wallet] = {}
        self._lots: dict[int, Lot] = {}
        self._adopted: dict[int, Wallet] = {}
        self._asked_for: dict[int, Wallet] = {}
        self._moved: dict[int, Wallet] = {}
        self._held_back = 0
        self._ids = {kind: rows.fresh_ids(model) for kind, model in KINDS.items()} if of_a_load else None

    def open(self, customers: Collection[int]) -> None:
        """Locks these wallets, always by id, and writes the expiry that is due: whoever looks sees what is there."""
        opened = {row[0]: Wallet(*row) for row in _wallets(customers=customers)}
        law(len(opened) == len(set(customers)), "everybody has a wallet from the first moment")
        for row in _open_lots(customers=customers):
            lot = self._lots[row[-1]] = Lot(*row)
            opened[lot.customer].lots.append(lot)
        for wallet in opened.values():
            wallet.ids = self._ids
            law(
                wallet.balance == sum(lot.remaining for lot in wallet.lots),
                "a balance is the sum of its lots",
            )
        self._wallets.update(opened)
        if self._ids is None and self.expire_due():
            # Written at once: a refusal that settles the question keeps it too.
            self.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()

    def adopt(self, customer: int) -> None:
        """Somebody whom this very load has made, past the signal that opens wallets: `close` writes theirs."""
        self._wallets[customer] = self._adopted[customer] = Wallet(customer, ids=self._ids)

    def wallet(self, customer: int) -> Wallet:
        """One to look at, or to change. In a load it is asked for anew for each act, for what is held back goes out in
        between."""
        if self._ids is not None:
            self._held_back += 1
            if self._held_back > ACTS_AT_ONCE:
                self.write()
            if customer not in self._wallets:
                self.open([customer])  # of somebody who was there before the load
        wallet = self._asked_for[customer] = self._wallets[customer]
        return wallet

    def payments(self, payments: Collection[int]) -> dict[int, Payment]:
        """Payments out of these wallets, ready to be restored."""
        return read_payments(payments, lots=self._lots) if payments else {}

    def expire_due(self) -> int:
        """What has expired by now goes, in every wallet that is open; returns how many credits that were."""
        return sum(ledger.expire_due(self.wallet(customer), now=self.now) for customer in self._wallets)

    def write(self) -> None:
        """The lines since the last writing, with the lots, payments and usages that they made or moved."""
        still_locked = any(block is self._transaction for block in connection.atomic_blocks)
        law(still_locked, "books are written in the transaction that locked them")
        # Of a load's wallets, which are many, only those that somebody has asked for since.
        touched = self._asked_for if self._ids is not None else self._wallets
        wallets = [wallet for wallet in touched.values() if wallet.lines]
        lines = [line for wallet in wallets for line in wallet.lines]
        born = dict.fromkeys(line.lot for line in lines if line.is_birth)
        drawn = dict.fromkeys(line.usage for line in lines if line.kind == "spend" and line.usage)
        rows.add(models.Lot, LOT, born, _lot)
        rows.add(models.Payment, PAYMENT, dict.fromkeys(usage.payment for usage in drawn), _payment)
        rows.add(models.Usage, USAGE, drawn, _usage)
        for wallet in wallets:
            ledger.seal(wallet)
        rows.write(models.Entry, ENTRY, map(_entry, lines))
        moved = dict.fromkeys(line.lot for line in lines if line.lot not in born)
        rows.update(models.Lot, ("remaining",), [(lot.id, lot.remaining) for lot in moved])
        restored = dict.fromkeys(
            line.usage for line in lines if line.kind == "restore" and line.usage and line.usage not in drawn
        )
        rows.update(models.Usage, ("restored",), [(usage.id, usage.restored) for usage in restored])
        for wallet in wallets:
            self._moved[wallet.customer] = wallet
            wallet.lines.clear()
        self._asked_for.clear()
        self._held_back = 0

    def close(self) -> None:
        """All that is left to write, and the wallets themselves."""
        self.write()
        rows.write(models.Wallet, ("customer_id", *WALLET), map(_wallet, self._adopted.values()))
        changed = [wallet for customer, wallet in self._moved.items() if customer not in self._adopted]
        rows.update(models.Wallet, WALLET, map(_wallet, changed))
        self._adopted, self._moved = {}, {}


def _lot(lot: Lot) -> Sequence[object]:
    return (
        *(lot.customer, lot.kind, lot.issued, lot.remaining, lot.expires_at, lot.source, lot.created_at),
        lot.reborn_from,
    )


def _payment(payment: Payment) -> Sequence[object]:
    return (payment.customer, payment.credits, payment.purpose, payment.at)


def _usage(usage: Usage) -> Sequence[object]:
    return (usage.payment.id, usage.lot.id, usage.spent, usage.restored)


def _entry(line: Line) -> Sequence[object]:
    return (
        *(line.lot.customer, line.number, line.kind, line.credits, line.balance_after, line.lot.id),
        *(line.payment_id, line.facts, line.memo, line.made_by, line.at, line.digest),
    )


def _wallet(wallet: Wallet) -> Sequence[object]:
    return (wallet.customer, wallet.balance, wallet.entries_count, wallet.head_digest)
