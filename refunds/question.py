"""What the policy is asked about: one purchase as it stands, and the numbers in force for it.

Everything is checked when it is made, so that the policy itself never meets half a fact: whole credits,
instants with a zone (kept in UTC), every asset once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ground.instants import in_utc
from storefront.enums import Cause, Status

MOST_CREDITS = 2**53 - 1


class Kind(StrEnum):
    ASSET = "asset"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Download:
    """One file handed out; `via` names the asset that required it, by slug."""

    at: datetime
    cause: Cause = Cause.DIRECT
    via: str | None = None
    struck: bool = False
    via_title: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))


@dataclass(frozen=True, slots=True)
class Item:
    asset: str
    title: str
    original_price: int
    downloads: tuple[Download, ...] = ()

    def __post_init__(self) -> None:
        whole(self.original_price)

    @property
    def counted(self) -> tuple[Download, ...]:
        return tuple(download for download in self.downloads if not download.struck)

    @property
    def downloaded(self) -> bool:
        return any(not download.struck for download in self.downloads)


@dataclass(frozen=True, slots=True)
class PastRefund:
    credit_note: str
    refunded_at: datetime
    credits: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "refunded_at", in_utc(self.refunded_at))
        whole(self.credits)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the policy may know of one purchase and of whoever asks about it."""

    requester: int | None
    owner: int
    invoice: str
    kind: Kind
    title: str
    status: Status
    completed_at: datetime | None
    credits_spent: int
    items: tuple[Item, ...]
    download_log: bool = True
    refund: PastRefund | None = None

    def __post_init__(self) -> None:
        whole(self.credits_spent)
        if self.completed_at is not None:
            object.__setattr__(self, "completed_at", in_utc(self.completed_at))
        if not self.items or (self.kind is Kind.ASSET and len(self.items) > 1):
            raise ValueError("A bundle has at least one item, a single asset is exactly one.")
        if len({item.asset for item in self.items}) < len(self.items):
            raise ValueError("An asset is only one item of a purchase.")


@dataclass(frozen=True, slots=True)
class Terms:
    """The policy's numbers; which of them are in force for a purchase is for the caller to know."""

    version: str
    in_force_from: datetime | None
    window_days: int
    bundle_percent: int

    def __post_init__(self) -> None:
        whole(self.window_days)
        whole(self.bundle_percent, most=100)


def whole(number: object, *, most: int = MOST_CREDITS) -> int:
    """A whole number from 0 on. True is not 1 and 1.0 is not 1: money is never guessed at."""
    if type(number) is not int or not 0 <= number <= most:
        raise ValueError(f"{number!r} is not a whole number from 0 to {most}.")
    return number
