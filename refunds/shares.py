"""Who bears a refund: what every publisher keeps of its share once credits went back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refunds.enums import Basis
from storefront.shares import allocate


@dataclass(frozen=True, slots=True)
class Stake:
    """What one item brought its publisher, and whether the customer goes on having it."""

    share: int
    original_price: int
    stays: bool


def kept_shares(stakes: Sequence[Stake], *, credits_back: int, basis: str, full: bool) -> list[int]:
    """One number per item, in order.

    Goodwill is the store's own affair: the publishers keep everything. After a full refund they keep nothing.
    After a partial one they keep what the customer did not get back, and it belongs to the items that stay.
    """
    spent = sum(stake.share for stake in stakes)
    if not 0 <= credits_back <= spent:
        raise ValueError(f"{credits_back} credits cannot go back out of {spent}.")
    if Basis(basis) == Basis.GOODWILL:
        return [stake.share for stake in stakes]
    if full:
        return [0] * len(stakes)
    bearers = [stake for stake in stakes if stake.stays] or stakes
    parts = iter(allocate(spent - credits_back, [stake.original_price for stake in bearers]))
    nobody_stays = len(bearers) == len(stakes)
    return [next(parts) if stake.stays or nobody_stays else 0 for stake in stakes]
