"""Which live item gives a customer an asset: the oldest, by completion, then by number."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import User
from storefront.models import Asset, PurchaseItem


def live_items(customer: User) -> "QuerySet[PurchaseItem]":
    """All that the customer owns, oldest first."""
    return (
        PurchaseItem.objects.live()
        .filter(customer=customer)
        .select_related("purchase")
        .order_by("purchase__completed_at", "purchase__number")
    )


def oldest_live_items(customer: User, assets: Iterable[Asset]) -> dict[int, PurchaseItem]:
    """For each of the assets that is owned, by the asset's id, the item that a download of it belongs to."""
    items: dict[int, PurchaseItem] = {}
    for item in live_items(customer).filter(asset__in=list(assets)):
        items.setdefault(item.asset_id, item)
    return items


def owned_ids(customer: User, assets: Iterable[Asset]) -> set[int]:
    return set(
        PurchaseItem.objects.live()
        .filter(customer=customer, asset__in=list(assets))
        .values_list("asset_id", flat=True)
    )
