"""A purchase as plain values, and the laws of what may happen to it.

Buying, downloading, striking and charging back end in these values, whether a page, another shop or a store file says
so; `record.py` writes them, for one purchase or a hundred thousand. No query and no clock in here. The names are those
of the models.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from credits.ledger import Payment
from ground.doors import Door
from ground.laws import given
from storefront.enums import Status
from storefront.refusals import StrikeTooLate, WrongLine
from storefront.shares import allocate

COMPLETED, REFUNDED = Status.COMPLETED.value, Status.REFUNDED.value
CANCELLED, CHARGED_BACK = Status.CANCELLED.value, Status.CHARGED_BACK.value
NOTHING: Mapping[int, datetime] = MappingProxyType({})


class Buyer(Protocol):
    """A customer, as an invoice names them."""

    @property
    def pk(self) -> int: ...
    @property
    def email(self) -> str: ...
    @property
    def name(self) -> str: ...


class Seller(Protocol):
    """A publisher, as an invoice names it."""

    @property
    def pk(self) -> int: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...


class BoundTerms(Protocol):
    """The policy's numbers that a purchase is bound to."""

    @property
    def pk(self) -> int: ...
    @property
    def version(self) -> str: ...
    @property
    def in_force_from(self) -> datetime: ...
    @property
    def window_days(self) -> int: ...
    @property
    def bundle_percent(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Part:
    """One item, frozen when it was bought. In a load, purchases of the same thing at the same price share theirs."""

    asset_id: int
    slug: str
    publisher_id: int
    publisher_slug: str
    publisher_name: str
    title: str
    original_price: int
    share: int


@dataclass(slots=True, eq=False)
class Handed:
    """One download. `place` is the item's among the parts of its purchase."""

    sold: "Sold"
    place: int
    at: datetime
    cause: str
    via_id: int | None = None
    via_slug: str | None = None
    via_title: str | None = None
    file_id: int | None = None
    version: str = ""
    told: str = ""
    door: str = Door.PAGE
    struck_at: datetime | None = None
    struck_by_id: int | None = None
    struck_why: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """That credits went back."""

    at: datetime
    credits: int
    credit_note: str


@dataclass(frozen=True, slots=True)
class Asked:
    """How things stood when a refund was last asked for: what a back-test of other terms judges."""

    at: datetime
    count: int
    price: int


@dataclass(slots=True, eq=False)
class Sold:
    """A purchase with its items and what became of them. It has ids once it is written."""

    customer: Buyer
    asset_id: int | None
    bundle_id: int | None
    publisher_id: int
    title: str
    credits_spent: int
    status: str
    created_at: datetime
    completed_at: datetime | None
    terms: BoundTerms
    payment: Payment | None
    parts: Sequence[Part]
    download_log: bool = True
    allowed_duplicate: bool = False
    number: str = ""
    id: int | None = None
    item_ids: Sequence[int] = ()
    revoked_at: datetime | None = None
    asked: Asked | None = None
    settled: Settled | None = None
    charged_back_at: datetime | None = None
    # By the places of the items: what its publisher keeps of each, those that were revoked alone, first downloads.
    kept_shares: Sequence[int | None] = ()
    lost: Mapping[int, datetime] = field(default_factory=lambda: NOTHING)
    firsts: dict[int, datetime] = field(default_factory=dict)
    # The facts and the date of an invoice that was issued elsewhere.
    invoice: tuple[str, datetime] | None = None
    # In the order in which they are told; None where nobody has read them, or where they were written and let go.
    handed: list[Handed] | None = field(default_factory=list)

    @property
    def pk(self) -> int:
        return given(self.id, "a purchase has its id once it is written")

    @property
    def is_bundle(self) -> bool:
        return self.bundle_id is not None

    @property
    def items_count(self) -> int:
        return len(self.parts)

    @property
    def downloaded_count(self) -> int:
        return len(self.firsts)

    @property
    def downloaded_price(self) -> int:
        return sum(self.parts[place].original_price for place in self.firsts)

    def place_of(self, slug: str) -> int | None:
        return next((place for place, part in enumerate(self.parts) if part.slug == slug), None)

    def revoked(self, place: int) -> datetime | None:
        """When this item was revoked, alone or with all others."""
        return self.lost.get(place) or self.revoked_at

    def gives_access(self, place: int) -> bool:
        return self.status in {COMPLETED, REFUNDED} and self.revoked(place) is None


class Good(NamedTuple):
    """An asset as it is, or was, on sale."""

    asset_id: int
    slug: str
    publisher_id: int
    publisher_slug: str
    publisher_name: str
    title: str
    price: int

    def as_sold(self, *, title: str | None, price: int | None, seller: "Seller | None") -> "Good":
        """As somebody says that it was sold; what they do not say is as it is."""
        return self._replace(
            title=self.title if title is None else title,
            price=self.price if price is None else price,
            publisher_id=seller.pk if seller else self.publisher_id,
            publisher_slug=seller.slug if seller else self.publisher_slug,
            publisher_name=seller.name if seller else self.publisher_name,
        )


def freeze(goods: Sequence[Good], *, spent: int, shares: Sequence[int] = ()) -> tuple[Part, ...]:
    """The goods as items: nothing that changes about them later changes these. Their shares of what was spent are the
    given ones, or in proportion to the prices."""
    if not goods or len({good.asset_id for good in goods}) < len(goods):
        raise WrongLine(
            "items",
            "Name assets of this store, each once.",
            of_line="has the same asset in two items" if goods else "has no items",
        )
    if shares and (len(shares) < len(goods) or sum(shares) != spent):
        raise WrongLine(
            "items",
            f"The shares do not add up to {spent} credits.",
            of_line=f"has shares that do not add up to its {spent} credits",
        )
    divided = shares or allocate(spent, [good.price for good in goods])
    return tuple(Part(*good, share) for good, share in zip(goods, divided, strict=True))


def assert_one_item(slug: str, goods: Sequence[Good]) -> None:
    """A single asset is a purchase of one item, itself."""
    if [good.slug for good in goods] != [slug]:
        raise WrongLine(
            "items",
            f"It is of the asset {slug}, so this is its one item.",
            of_line=f"is of the asset “{slug}”, so this is its one item",
        )


def assert_made(*, status: str, credits: int) -> None:
    if status == CANCELLED and credits:
        raise WrongLine(
            "credits", "A cancelled purchase has 0 credits.", of_line="is cancelled, so its credits are 0"
        )


def hand_out(sold: Sold, handed: Handed) -> None:
    """A download of an item: the first one of each counts. Told late, it may be the first all the same."""
    assert_completed(sold, handed.at)
    revoked_at = sold.revoked(handed.place)
    if revoked_at is not None and handed.at > revoked_at:
        raise WrongLine(
            "at",
            "This item gave no access any more then.",
            of_line="is of a time when this item had been revoked",
        )
    first = sold.firsts.get(handed.place)
    sold.firsts[handed.place] = handed.at if first is None else min(first, handed.at)
    if sold.handed is not None:
        sold.handed.append(handed)


def assert_completed(sold: Sold, at: datetime) -> None:
    if sold.completed_at is None or at < sold.completed_at:
        raise WrongLine(
            "at",
            "The purchase was not completed then.",
            of_line="is of a time before its purchase was completed",
        )


def strike(handed: Handed, *, counted: Sequence[datetime], at: datetime, by_id: int, why: str) -> None:
    """A download that nobody asked for, or that failed, stops counting. `counted` are the instants of the item's other
    downloads that do count."""
    sold = handed.sold
    if sold.status == REFUNDED and (sold.settled is None or at > sold.settled.at):
        raise StrikeTooLate
    handed.struck_at, handed.struck_by_id, handed.struck_why = at, by_id, why
    if counted:
        sold.firsts[handed.place] = min(counted)
    else:
        sold.firsts.pop(handed.place, None)


def charge_back(sold: Sold, *, at: datetime) -> None:
    """No credits move and all items are revoked. What a refund revoked before stays revoked since then: sales of a
    closed month are told by that instant."""
    sold.status, sold.charged_back_at = CHARGED_BACK, at
    sold.revoked_at = sold.revoked_at or at
