"""Downloads: recorded, and counted, before anything leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.durable import durably
from accounts.models import User
from accounts.refusals import Busy
from storefront import owned
from storefront.models import Asset, AssetFile, Cause, Download, Purchase, PurchaseItem
from storefront.refusals import NotOwned

STARTS_OVER = 3


@dataclass(frozen=True)
class Wanted:
    """An asset that a click fetches; `via` is the asset that requires it, for a dependency."""

    asset: Asset
    via: Asset | None = None
    file: AssetFile | None = None


def download(
    *, customer: User, wanted: Sequence[Wanted], told: str, door: str, now: datetime
) -> list[Download]:
    """Commits the record of a click: only afterwards may a link or a byte leave."""
    return durably(lambda: record_downloads(customer=customer, wanted=wanted, told=told, door=door, now=now))


def record_download(*, customer: User, asset: Asset, via: Asset | None = None, now: datetime) -> Download:
    return record_downloads(customer=customer, wanted=[Wanted(asset, via)], now=now)[0]


def record_downloads(
    *, customer: User, wanted: Sequence[Wanted], told: str = "", door: str = "page", now: datetime
) -> list[Download]:
    """Each asset counts against the oldest live item that gives it, whose purchase is locked: so a download, a refund
    and a strike of one purchase see each other."""
    assert connection.in_atomic_block, "a download is recorded inside a transaction"
    assert all(one.file is None or one.file.asset_id == one.asset.pk for one in wanted), "a file of its asset"
    items, locked = _lock_items(customer, [one.asset for one in wanted], now)
    files = newest_files([one.asset for one in wanted if one.file is None])
    made = Download.objects.bulk_create(
        Download(
            item=items[one.asset.pk],
            purchase_id=items[one.asset.pk].purchase_id,
            customer=customer,
            asset=one.asset,
            file=one.file or files.get(one.asset.pk),
            version=(one.file or files.get(one.asset.pk) or AssetFile(version="")).version,
            cause=Cause.DEPENDENCY if one.via else Cause.DIRECT,
            via=one.via,
            told=told,
            door=door,
            at=now,
        )
        for one in wanted
    )
    count_firsts(list(items.values()), locked, now)
    return made


def _lock_items(
    customer: User, assets: Sequence[Asset], now: datetime
) -> tuple[dict[int, PurchaseItem], dict[int, Purchase]]:
    """The items that these downloads belong to, and their purchases, locked.

    Repeats lock too: a strike that leaves an item without a download, and the item's next download, must not miss
    each other. An item may die while we wait for its purchase; then the next oldest takes its place and all is looked
    at again.
    """
    locked: dict[int, Purchase] = {}
    for _ in range(STARTS_OVER + 2):  # the first look, and the last one that finds all of it locked
        items = owned.oldest_live_items(customer, assets, now)
        if len(items) < len({asset.pk for asset in assets}):
            raise NotOwned
        missing = {item.purchase_id for item in items.values()} - locked.keys()
        if not missing:
            return items, locked
        locked.update((purchase.pk, purchase) for purchase in Purchase.objects.lock_all(sorted(missing)))
    raise Busy


def newest_files(assets: Sequence[Asset]) -> dict[int, AssetFile]:
    files: dict[int, AssetFile] = {}
    for file in AssetFile.objects.filter(asset__in=assets).order_by("-added_at", "-id"):
        files.setdefault(file.asset_id, file)
    return files


def count_firsts(items: list[PurchaseItem], locked: dict[int, Purchase], at: datetime) -> None:
    """Items that were never downloaded before count from now on, under the locks of their purchases. Whoever waited for
    a lock may have come before the one who had it: the first download is the earliest, not the quickest."""
    earlier = [item for item in items if item.first_downloaded_at is None or at < item.first_downloaded_at]
    if not earlier:
        return
    PurchaseItem.objects.filter(pk__in=[item.pk for item in earlier]).update(first_downloaded_at=at)
    firsts = [item for item in earlier if item.first_downloaded_at is None]
    for item in firsts:
        purchase = locked[item.purchase_id]
        purchase.downloaded_count += 1
        purchase.downloaded_price += item.original_price
    counted = [locked[pk] for pk in {item.purchase_id for item in firsts}]
    Purchase.objects.bulk_update(counted, ["downloaded_count", "downloaded_price"])
