"""Which live item gives a customer an asset: the oldest, by completion, then by number."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from ground.prepared import Given, Prepared
from storefront import places
from storefront.models import Asset, AssetFile, PurchaseItem


def live_items(customer: User, now: datetime) -> "QuerySet[PurchaseItem]":
    """All that the customer owns, oldest first."""
    return (
        _owned(customer, now)
        .select_related("purchase")
        .order_by("purchase__completed_at", "purchase__number")
    )


def _owned(customer: User, now: datetime) -> "QuerySet[PurchaseItem]":
    """A purchase that is completed only later, as a store file may say, gives nothing yet."""
    return PurchaseItem.objects.live().filter(customer=customer, purchase__completed_at__lte=now)


def oldest_live_items(customer: User, assets: Iterable[Asset], now: datetime) -> dict[int, PurchaseItem]:
    """For each of the assets that is owned, by the asset's id, the item that a download of it belongs to."""
    items: dict[int, PurchaseItem] = {}
    for item in live_items(customer, now).filter(asset__in=list(assets)):
        items.setdefault(item.asset_id, item)
    return items


def owned_ids(customer: User, assets: Iterable[Asset], now: datetime) -> set[int]:
    return _owned_among(customer, [asset.pk for asset in assets], now)


def owns_all(customer: User, assets: Collection[int], now: datetime) -> bool:
    return len(_owned_among(customer, assets, now)) == len(assets)


def _owned_among(customer: User, assets: Collection[int], now: datetime) -> set[int]:
    if not assets:
        return set()
    return {pk for (pk,) in _owned_assets(customer=customer.pk, assets=assets, now=now)}


_owned_assets = Prepared(
    lambda: (
        PurchaseItem.objects.live()
        .filter(customer=Given("customer"), asset__among=Given("assets"))
        .filter(purchase__completed_at__lte=Given("now"))
        .values_list("asset_id")
    )
)


@dataclass(frozen=True)
class Holding:
    """One asset that is owned, called as it was when it was bought, every live item that gives it, its files newest
    first, and what it directly requires."""

    item: PurchaseItem
    items: list[PurchaseItem]
    files: list[AssetFile]
    requires: list[str]


@dataclass(frozen=True)
class Holdings:
    rows: list[Holding]
    after: str


def oldest_of_each(customer: User, now: datetime) -> "QuerySet[PurchaseItem]":
    """Each asset that is owned once: through the item that a download of it belongs to."""
    older = (
        _owned(customer, now)
        .filter(asset=OuterRef("asset"))
        .filter(
            Q(purchase__completed_at__lt=OuterRef("purchase__completed_at"))
            | Q(
                purchase__completed_at=OuterRef("purchase__completed_at"),
                purchase__number__lt=OuterRef("purchase__number"),
            )
        )
    )
    return live_items(customer, now).filter(~Exists(older)).select_related("asset", "publisher")


def holdings(customer: User, *, now: datetime, words: str = "", after: str = "", size: int = 24) -> Holdings:
    """The library, by title: each asset once, paged by key, four statements a page."""
    oldest = oldest_of_each(customer, now)
    for word in words.replace("\0", "").split()[:8]:
        oldest = oldest.filter(Q(title__icontains=word) | Q(publisher__name__icontains=word))
    if place := places.place(after, str, int):
        title, pk = place
        oldest = oldest.filter(Q(title__gt=title) | Q(title=title, pk__gt=pk))
    held = list(oldest.order_by("title", "pk")[: size + 1])
    page = held[:size]
    giving: dict[int, list[PurchaseItem]] = {item.asset_id: [] for item in page}
    for item in live_items(customer, now).filter(asset__in=giving):
        giving[item.asset_id].append(item)
    files: dict[int, list[AssetFile]] = {pk: [] for pk in giving}
    for file in AssetFile.objects.filter(asset__in=giving):
        files[file.asset_id].append(file)
    requires: dict[int, list[str]] = {pk: [] for pk in giving}
    links = Asset.requires.through.objects.filter(from_asset__in=giving).order_by("to_asset__title")
    for pk, needed in links.values_list("from_asset_id", "to_asset__title"):
        requires[pk].append(needed)
    rows = [
        Holding(item, giving[item.asset_id], files[item.asset_id], requires[item.asset_id]) for item in page
    ]
    return Holdings(rows, places.token(page[-1].title, page[-1].pk) if len(held) > size else "")
