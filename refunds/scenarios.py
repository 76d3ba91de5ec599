"""Purchases that nobody made, judged by the real judge: for the policy page's examples and its calculator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from refunds.policy import Cause, Decision, Download, Facts, Item, Kind, Status, Terms, decide

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

BOUGHT = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Scenario:
    """What somebody bought, what of it was downloaded at which original prices, and how many days later they ask."""

    name: StrOrPromise
    size: int
    spent: int
    downloaded: tuple[int, ...] = ()
    days: int = 3

    def __post_init__(self) -> None:
        if not 0 <= len(self.downloaded) <= self.size or self.size < 1:
            raise ValueError("More was downloaded than was bought.")

    @property
    def percent(self) -> int:
        return len(self.downloaded) * 100 // self.size

    def decide(self, terms: Terms, *, bundle: bool) -> Decision:
        asked_at = BOUGHT + timedelta(days=self.days)
        fetched = (Download(at=BOUGHT, cause=Cause.DIRECT),)
        left = self.size - len(self.downloaded)
        prices = [*self.downloaded, *([0] * left)]
        items = (
            Item(f"item-{place}", f"Item {place + 1}", price, fetched if place < len(self.downloaded) else ())
            for place, price in enumerate(prices)
        )
        facts = Facts(
            requester=0,
            owner=0,
            invoice="",
            kind=Kind.BUNDLE if bundle else Kind.ASSET,
            title=str(self.name),
            status=Status.COMPLETED,
            completed_at=BOUGHT,
            credits_spent=self.spent,
            items=tuple(items),
        )
        return decide(facts, terms=terms, now=asked_at)


# The five rows of the written policy.
EXAMPLES = (
    (Scenario(_("Asset A, not downloaded"), 1, 40), False),
    (Scenario(_("Asset A, downloaded"), 1, 40, (40,)), False),
    (Scenario(_("Bundle of 10 items, none downloaded"), 10, 100), True),
    (Scenario(_("Bundle of 10 items, 3 downloaded"), 10, 100, (10, 15, 5)), True),
    (Scenario(_("Bundle of 10 items, 6 downloaded"), 10, 100, (10, 15, 5, 10, 10, 10)), True),
)
