"""The ledger: what may happen to credits, in plain values.

A wallet holds lots: credits that arrived together. A payment draws from lots and its usages say how many; a restoration
gives them back. Whatever happens is a line, numbered and chained to the one before it. No query, no clock and no
framework in here: `books.py` brings the wallets and writes what became of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from credits import chain
from credits.refusals import InsufficientCredits, TooManyCredits
from ground.instants import stamp
from ground.laws import given, law

MOST = 2**53 - 1  # the largest integer that every JSON reader keeps exactly
SHORTEST_REBIRTH = timedelta(days=1)
NEVER = datetime.max.replace(tzinfo=UTC)
RANK = {"promo": 0, "compensation": 1, "paid": 2}


@dataclass(slots=True, eq=False)
class Lot:
    """Credits that arrived together, and what is left of them. It has an id once it is written."""

    customer: int
    kind: str
    issued: int
    remaining: int
    expires_at: datetime | None
    source: str
    created_at: datetime
    reborn_from: int | None = None
    id: int | None = None

    @property
    def turn(self) -> tuple[datetime, int, datetime, int]:
        """Its place in spending order: soonest expiry first, then promotional, compensation, paid, then oldest."""
        return (self.expires_at or NEVER, RANK[self.kind], self.created_at, self.id or MOST)

    @property
    def facts(self) -> str:
        """All that never changes about it."""
        return chain.lot_facts(
            created_at=stamp(self.created_at),
            expires_at=stamp(self.expires_at),
            issued=self.issued,
            kind=self.kind,
            reborn_from=self.reborn_from,
            source=self.source,
        )

    def has_expired(self, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= at


@dataclass(slots=True, eq=False)
class Payment:
    """Credits that left a wallet for one purpose; its usages stand in the order in which the lots were drawn on."""

    customer: int
    credits: int
    purpose: str
    at: datetime
    id: int | None = None
    usages: list["Usage"] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Usage:
    """What a payment took from one lot, and how much of it came back."""

    payment: Payment
    lot: Lot
    spent: int
    restored: int = 0
    id: int | None = None


@dataclass(slots=True, eq=False)
class Line:
    """One line of a wallet: what moved, in which lot, and the facts that it stands for."""

    kind: str
    credits: int
    lot: Lot
    facts: str
    at: datetime
    memo: str
    made_by: int | None = None
    usage: Usage | None = None
    number: int = 0
    balance_after: int = 0
    digest: str = ""

    @property
    def payment_id(self) -> int | None:
        return self.usage.payment.id if self.usage else None

    @property
    def is_birth(self) -> bool:
        """Whether its lot is new: it was granted, or reborn from one that had expired."""
        return self.kind == "grant" or (self.usage is not None and self.usage.lot is not self.lot)


@dataclass(slots=True, eq=False)
class Wallet:
    """A customer's credits. `lots` are the open ones; `lines` are those that are not written yet."""

    customer: int
    balance: int = 0
    entries_count: int = 0
    head_digest: str = chain.GENESIS
    lots: list[Lot] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    # In a load things name one another before they are written, so their ids are given beforehand.
    ids: Mapping[type, Iterator[int]] | None = None

    def new_id(self, kind: type) -> int | None:
        return next(self.ids[kind]) if self.ids else None


@dataclass(frozen=True, slots=True)
class Restoration:
    """Credits on their way back: from which usage, into which lot (None: a new one), until when."""

    usage: Usage
    credits: int
    kind: str
    lot: Lot | None
    expires_at: datetime | None


def whole(credits: int, *, least: int = 0) -> int:
    """Credits are whole numbers: no float, no bool, nothing that only looks like one."""
    if type(credits) is not int or not least <= credits <= MOST:
        raise TypeError(f"credits are a whole number from {least} to {MOST}, not {credits!r}")
    return credits


def grant(
    wallet: Wallet,
    *,
    credits: int,
    kind: str,
    source: str,
    at: datetime,
    expires_at: datetime | None = None,
    memo: str = "",
    made_by: int | None = None,
) -> Lot:
    """New credits arrive as one lot."""
    whole(credits, least=1)
    law(kind in RANK, "a lot is of a known kind")
    _assert_room(wallet, credits)
    lot = Lot(
        *(wallet.customer, str(kind), credits, credits, expires_at, source, at),
        id=wallet.new_id(Lot),
    )
    wallet.lots.append(lot)
    append(wallet, Line("grant", credits, lot, lot.facts, at, memo or source, made_by))
    return lot


def draw(lots: Iterable[Lot], *, credits: int, at: datetime) -> list[tuple[Lot, int]]:
    """How many credits come from which lot: in spending order, and never from one that has expired by then."""
    draws, missing = [], credits
    spendable = [lot for lot in lots if lot.remaining and not lot.has_expired(at)]
    for lot in sorted(spendable, key=lambda lot: lot.turn):
        if not missing:
            break
        part = min(lot.remaining, missing)
        missing -= part
        draws.append((lot, part))
    if missing:
        raise InsufficientCredits(credits=credits, balance=credits - missing)
    return draws


def pay(
    wallet: Wallet,
    *,
    credits: int,
    purpose: str,
    at: datetime,
    memo: str = "",
    made_by: int | None = None,
    draws: Sequence[tuple[Lot, int]] | None = None,
) -> Payment:
    """Takes credits from the lots in spending order, or exactly as `draws` says."""
    whole(credits, least=1)
    draws = draw(wallet.lots, credits=credits, at=at) if draws is None else draws
    law(sum(part for _, part in draws) == credits, "what is drawn from the lots is what is paid")
    payment = Payment(wallet.customer, credits, purpose, at, wallet.new_id(Payment))
    for lot, part in draws:
        law(0 < part <= lot.remaining, "no lot gives more than it holds")
        law(lot.customer == wallet.customer, "a payment draws on its own wallet")
        lot.remaining -= part
        usage = Usage(payment, lot, part, id=wallet.new_id(Usage))
        payment.usages.append(usage)
        facts = chain.usage_facts(at=stamp(at), of=credits, purpose=purpose, spent=part)
        append(wallet, Line("spend", -part, lot, facts, at, memo or purpose, made_by, usage))
    wallet.lots = [lot for lot in wallet.lots if lot.remaining]
    return payment


def plan_restoration(payment: Payment | None, *, credits: int, now: datetime) -> list[Restoration]:
    """Which lots get credits back: in the reverse of the order in which they were spent. Quote and booking both ask
    here, so that what was shown is what happens."""
    if payment is None or not credits:
        return []
    plan, missing = [], credits
    for usage in reversed(payment.usages):
        back = min(usage.spent - usage.restored, missing)
        if not back:
            continue
        missing -= back
        lot, expires_at = usage.lot, usage.lot.expires_at
        if expires_at is not None and lot.has_expired(now):
            # An expired lot cannot hold credits. Its successor lives as long as the credits had left when spent.
            expires_at = now + max(expires_at - payment.at, SHORTEST_REBIRTH)
            plan.append(Restoration(usage, back, lot.kind, None, expires_at))
        else:
            plan.append(Restoration(usage, back, lot.kind, lot, expires_at))
    law(not missing, "never more is restored than was spent")
    return plan


def restore(
    wallet: Wallet,
    plan: Sequence[Restoration],
    *,
    evidence: str,
    at: datetime,
    memo: str = "",
    made_by: int | None = None,
) -> list[Lot]:
    """Gives credits back as planned; returns the lot that holds each part now. `evidence` is the digest of the fact
    that they come back for: it becomes part of the chain."""
    _assert_room(wallet, sum(part.credits for part in plan))
    holding = []
    for part in plan:
        usage, lot = part.usage, part.lot
        law(part.credits > 0, "a part of a restoration is something")
        law(usage.payment.customer == wallet.customer, "credits go back where they came from")
        usage.restored += part.credits
        law(usage.restored <= usage.spent, "never more is restored than was spent")
        born: str | None = None
        if lot is None:
            law(usage.id is not None, "a lot is reborn from a usage that has its id")
            source = usage.lot.source
            lot = Lot(
                *(wallet.customer, part.kind, part.credits, part.credits, part.expires_at, source, at),
                reborn_from=usage.id,
                id=wallet.new_id(Lot),
            )
            born = lot.facts
        else:
            lot.remaining += part.credits
            law(lot.remaining <= lot.issued, "a lot never holds more than it was issued with")
        if lot not in wallet.lots:
            wallet.lots.append(lot)
        facts = chain.restored_facts(evidence=evidence, lot=born, restored=part.credits)
        append(wallet, Line("restore", part.credits, lot, facts, at, memo, made_by, usage))
        holding.append(lot)
    return holding


def expire(wallet: Wallet, lot: Lot, *, at: datetime) -> int:
    """What is left of a lot goes, and is returned."""
    law(lot.has_expired(at), "a lot expires when its time has come")
    credits, lot.remaining = lot.remaining, 0
    if credits:
        append(wallet, Line("expire", -credits, lot, chain.EXPIRED, at, "Expired"))
    return credits


def expire_due(wallet: Wallet, *, now: datetime) -> int:
    """Writes what has expired by now, and returns how many credits that were."""
    due = sorted((lot for lot in wallet.lots if lot.has_expired(now)), key=lambda lot: lot.turn)
    gone = sum(expire(wallet, lot, at=now) for lot in due)
    if due:
        wallet.lots = [lot for lot in wallet.lots if lot.remaining]
    return gone


def append(wallet: Wallet, line: Line) -> None:
    """The next line: the balance moves with it."""
    wallet.balance += line.credits
    law(wallet.balance >= 0, "no wallet is ever overdrawn")
    wallet.entries_count += 1
    line.number, line.balance_after = wallet.entries_count, wallet.balance
    line.memo = line.memo[:200]
    wallet.lines.append(line)


def seal(wallet: Wallet) -> None:
    """Chains the new lines to the last one, once all that they name has its id."""
    for line in wallet.lines:
        line.digest = wallet.head_digest = chain.line_digest(
            *(wallet.head_digest, wallet.customer, line.number, line.kind, line.credits, line.balance_after),
            *(given(line.lot.id, "a line names a lot that has its id"), line.payment_id),
            *(line.facts, line.memo),
            line.made_by,
            stamp(line.at),
        )


def _assert_room(wallet: Wallet, credits: int) -> None:
    if wallet.balance + credits > MOST:
        raise TooManyCredits
