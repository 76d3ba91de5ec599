"""Downloads: recorded, and counted, before anything leaves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import User
from ground.doors import Door
from ground.laws import law
from ground.receipts import Answer, Asking, idempotently
from ground.refusals import Busy
from ground.transactions import in_transaction
from storefront import owned
from storefront.models import Asset, AssetFile, Cause, Download, Purchase, PurchaseItem
from storefront.record import read_sold, write_downloads, write_moves
from storefront.refusals import NotOwned
from storefront.sold import Handed, hand_out

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
    return in_transaction(
        lambda: record_downloads(customer=customer, wanted=wanted, told=told, door=door, now=now)
    )


def request_download(*, asking: Asking[User], wanted: Sequence[Wanted], told: str) -> Answer:
    """The same under a key: asked for again, the downloads that were recorded. The outcome is their list."""
    return idempotently(
        asking,
        lambda: record_downloads(
            customer=asking.person, wanted=wanted, told=told, door=asking.door, now=asking.now
        ),
    )


def record_download(*, customer: User, asset: Asset, via: Asset | None = None, now: datetime) -> Download:
    return record_downloads(customer=customer, wanted=[Wanted(asset, via)], now=now)[0]


def record_downloads(
    *, customer: User, wanted: Sequence[Wanted], told: str = "", door: str = Door.PAGE, now: datetime
) -> list[Download]:
    """Each asset counts against the oldest live item that gives it, whose purchase is locked: so a download, a refund
    and a strike of one purchase see each other."""
    law(connection.in_atomic_block, "a download is recorded inside a transaction")
    law(all(one.file is None or one.file.asset_id == one.asset.pk for one in wanted), "a file of its asset")
    items, locked = _lock_items(customer, [one.asset for one in wanted], now)
    sold = {each.id: each for each in read_sold(locked.values())}
    files = newest_files([one.asset for one in wanted if one.file is None])
    handed, counted = [], set()
    for one in wanted:
        item, file = items[one.asset.pk], one.file or files.get(one.asset.pk)
        purchase = sold[item.purchase_id]
        download = Handed(
            sold=purchase,
            place=item.position,
            at=now,
            cause=Cause.DEPENDENCY if one.via else Cause.DIRECT,
            via_id=one.via.pk if one.via else None,
            file_id=file.pk if file else None,
            version=file.version if file else "",
            told=told,
            door=door,
        )
        before = purchase.firsts.get(item.position)
        hand_out(purchase, download)
        handed.append(download)
        # Only the first download of an item counts; told late, it is the first all the same.
        if purchase.firsts[item.position] != before:
            counted.add((purchase.id, item.position))
    write_downloads(handed)
    moved = [each for each in sold.values() if any(each.id == pk for pk, _ in counted)]
    write_moves(moved, places=lambda each: [place for pk, place in counted if pk == each.id])
    return [
        as_model(each, asset=one.asset, via=one.via, purchase=locked[each.sold.pk])
        for each, one in zip(handed, wanted, strict=True)
    ]


def as_model(handed: Handed, *, asset: Asset, via: Asset | None, purchase: Purchase) -> Download:
    """What was just written, without reading it again."""
    return Download(
        id=handed.id,
        item_id=handed.sold.item_ids[handed.place],
        purchase=purchase,
        customer_id=purchase.customer_id,
        asset=asset,
        file_id=handed.file_id,
        version=handed.version,
        cause=handed.cause,
        via=via,
        told=handed.told,
        door=handed.door,
        at=handed.at,
    )


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
