"""What a click on Download would cost, before the click: every purchase whose refund it would change."""

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from accounts.models import User
from refunds.facts import terms_of
from refunds.policy import Cause, Decision, Download, Facts, Item, Kind, Status, decide
from storefront.dependencies import all_requirements
from storefront.models import Asset, Purchase, PurchaseItem
from storefront.owned import oldest_live_items

Click = TypeVar("Click", bound=Hashable)


@dataclass(frozen=True)
class Cost:
    """What the click does to one purchase's refund."""

    purchase: Purchase
    credits_before: int
    credits_after: int
    eligible_after: bool


def download_costs(
    *, customer: User, clicks: Mapping[Click, Collection[Asset]], now: datetime
) -> dict[Click, list[Cost]]:
    """For each click, given the assets that it fetches. Two statements, however many clicks a page offers."""
    wanted = {asset.pk: asset for assets in clicks.values() for asset in assets}
    counting = oldest_live_items(customer, wanted.values(), now)
    bought = _items_of({item.purchase_id for item in counting.values() if item.first_downloaded_at is None})
    costs: dict[Click, list[Cost]] = {}
    for click, assets in clicks.items():
        fetched: dict[int, set[int]] = defaultdict(set)
        for asset in assets:
            item = counting.get(asset.pk)
            if item is not None and item.first_downloaded_at is None:
                fetched[item.purchase_id].add(item.pk)
        changes = (_cost(bought[purchase], items, now) for purchase, items in sorted(fetched.items()))
        costs[click] = [cost for cost in changes if cost is not None]
    return costs


def costs_of_whole_clicks(
    *, customer: User, assets: Collection[Asset], now: datetime
) -> dict[int, list[Cost]]:
    """What Download costs on each of these assets, by its id, when all that it requires and is owned comes along."""
    along = all_requirements(assets)
    clicks = {asset.pk: [asset, *along[asset.pk]] for asset in assets}
    return download_costs(customer=customer, clicks=clicks, now=now)


def _items_of(purchases: Collection[int]) -> dict[int, list[PurchaseItem]]:
    items: dict[int, list[PurchaseItem]] = defaultdict(list)
    rows = PurchaseItem.objects.filter(purchase__in=purchases).select_related("asset", "purchase__terms")
    for item in rows.order_by("purchase", "position"):
        items[item.purchase_id].append(item)
    return items


def _cost(items: list[PurchaseItem], fetched: Collection[int], now: datetime) -> Cost | None:
    """Nothing, when the refund stays as it is."""
    before, after = _judged(items, (), now), _judged(items, fetched, now)
    if (before.eligible, before.credits) == (after.eligible, after.credits):
        return None
    return Cost(items[0].purchase, before.credits, after.credits, after.eligible)


def _judged(items: list[PurchaseItem], fetched: Collection[int], now: datetime) -> Decision:
    """Judged by the one judge; that an item was downloaded is all that it asks of a download here."""
    purchase = items[0].purchase
    facts = Facts(
        requester=purchase.customer_id,
        owner=purchase.customer_id,
        invoice=purchase.number,
        kind=Kind.BUNDLE if purchase.is_bundle else Kind.ASSET,
        title=purchase.title,
        status=Status(purchase.status),
        completed_at=purchase.completed_at,
        credits_spent=purchase.credits_spent,
        items=tuple(
            Item(
                item.asset.slug,
                item.title,
                item.original_price,
                (Download(at=now, cause=Cause.DIRECT),)
                if item.first_downloaded_at or item.pk in fetched
                else (),
            )
            for item in items
        ),
        download_log=purchase.download_log,
    )
    return decide(facts, terms=terms_of(purchase), now=now)
