"""What a load keeps in memory of a purchase. The names are those of the models, so that whatever writes documents or
gathers facts from one reads the other as well."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from credits.bulk_rows import BulkPayment
from doors.storefile.catalogue import Good, Set
from doors.storefile.people import Person, Seller
from doors.storefile.terms import Numbers


@dataclass(frozen=True, slots=True)
class Part:
    """One item, frozen. Purchases of the same thing at the same price share theirs."""

    asset: Good
    slug: str
    publisher: Seller
    title: str
    original_price: int
    share: int


@dataclass(slots=True, eq=False)
class Handed:
    """One download."""

    pk: int
    sold: "Sold"
    place: int
    at: datetime
    cause: str
    via: Good | None
    file: int | None
    version: str
    told: str
    door: str
    struck_at: datetime | None = None
    struck_by: int | None = None
    struck_why: str = ""


@dataclass(slots=True, eq=False)
class Settled:
    """What a refund did to the items, by their places."""

    at: datetime
    credits: int
    credit_note: str
    kept_shares: list[int]
    kept: frozenset[int]


@dataclass(slots=True, eq=False)
class Asked:
    at: datetime
    count: int
    price: int


@dataclass(slots=True, eq=False)
class Sold:
    pk: int
    line: int
    number: str
    customer: Person
    thing: Good | Set
    publisher: Seller
    title: str
    credits_spent: int
    status: str
    created_at: datetime
    completed_at: datetime | None
    terms: Numbers
    payment: BulkPayment | None
    parts: tuple[Part, ...]
    item_ids: tuple[int, ...]
    download_log: bool
    allowed_duplicate: bool
    document: dict[str, Any] | None = None
    asked: Asked | None = None
    asked_was_told: bool = False
    revoked_at: datetime | None = None
    settled: Settled | None = None
    firsts: dict[int, datetime] = field(default_factory=dict)
    # In the order of their lines, until the rows are written; then None.
    handed: list[Handed] | None = field(default_factory=list)

    @property
    def is_bundle(self) -> bool:
        return isinstance(self.thing, Set)

    @property
    def stored(self) -> bool:
        return self.handed is None

    @property
    def downloaded_price(self) -> int:
        return sum(self.parts[place].original_price for place in self.firsts)

    def place_of(self, slug: str) -> int | None:
        return next((place for place, part in enumerate(self.parts) if part.slug == slug), None)

    def revoked(self, place: int) -> datetime | None:
        """When this item was revoked, alone or with all others."""
        if self.settled and self.settled.kept and place not in self.settled.kept:
            return self.settled.at
        return self.revoked_at
