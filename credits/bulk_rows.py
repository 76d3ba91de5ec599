"""What a load keeps in memory of wallets, lots, payments and usages, and the columns they are written to."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from credits import ledger
from credits.models import Kind

NEVER = datetime.max.replace(tzinfo=UTC)
RANK = {Kind.PROMO: 0, Kind.COMPENSATION: 1, Kind.PAID: 2}
LOT = (
    "id",
    "wallet_id",
    "kind",
    "issued",
    "remaining",
    "expires_at",
    "source",
    "reborn_from_id",
    "created_at",
)
PAYMENT = ("id", "wallet_id", "credits", "purpose", "at")
USAGE = ("id", "lot_id", "payment_id", "spent", "restored")
ENTRY = (
    *("wallet_id", "number", "kind", "credits", "balance_after", "lot_id", "payment_id", "facts", "memo"),
    *("made_by_id", "at", "digest"),
)


@dataclass(slots=True, eq=False)
class BulkLot:
    pk: int
    wallet: int
    kind: str
    issued: int
    remaining: int
    expires_at: datetime | None
    source: str
    reborn_from: int | None
    created_at: datetime

    def facts(self) -> str:
        return ledger.lot_facts(
            created_at=ledger.stamp(self.created_at),
            expires_at=ledger.stamp(self.expires_at),
            issued=self.issued,
            kind=str(self.kind),
            reborn_from=self.reborn_from,
            source=self.source,
        )

    @property
    def turn(self) -> tuple[datetime, int, datetime, int]:
        """Where it stands in spending order; a test holds it equal to the database's."""
        return (self.expires_at or NEVER, RANK[self.kind], self.created_at, self.pk)  # type: ignore[index] # a kind is its value

    def may_pay(self, at: datetime) -> bool:
        return (
            self.remaining > 0 and self.created_at <= at and (self.expires_at is None or self.expires_at > at)
        )


@dataclass(slots=True, eq=False)
class BulkUsage:
    pk: int
    lot: BulkLot
    spent: int
    restored: int = 0


@dataclass(slots=True, eq=False)
class BulkPayment:
    pk: int
    wallet: int
    credits: int
    at: datetime
    usages: list[BulkUsage] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class BulkWallet:
    customer: int
    balance: int = 0
    entries_count: int = 0
    head_digest: str = ledger.GENESIS
    stored: bool = False
    lots: list[BulkLot] = field(default_factory=list)
