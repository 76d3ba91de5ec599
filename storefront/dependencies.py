"""What an asset needs: the assets it requires, theirs included, and no ring among them."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import User
from ground.laws import given
from storefront.downloads import Wanted
from storefront.models import Asset
from storefront.owned import owned_ids


def requirements(asset: Asset) -> list[Wanted]:
    """All that an asset requires, nearest first, each once, with the asset that directly requires it.

    One query a level of the tree, whatever grows on it; a ring that somebody managed to tie ends where it began.
    """
    reached: dict[int, Wanted] = {}
    level = {asset.pk: asset}
    while level:
        links = Asset.requires.through.objects.filter(from_asset__in=level).select_related(
            "to_asset__publisher"
        )
        nearer, level = level, {}
        for link in links.order_by("to_asset__title", "to_asset_id", "from_asset__title", "from_asset_id"):
            if link.to_asset_id != asset.pk and link.to_asset_id not in reached:
                reached[link.to_asset_id] = Wanted(link.to_asset, via=nearer[link.from_asset_id])
                level[link.to_asset_id] = link.to_asset
    return list(reached.values())


def owned_dependencies(customer: User, asset: Asset, now: datetime) -> list[Wanted]:
    """The requirements that this customer owns: what a download of the asset offers to fetch along with it."""
    needed = requirements(asset)
    mine = owned_ids(customer, [one.asset for one in needed], now)
    return [one for one in needed if one.asset.pk in mine]


def all_requirements(assets: Iterable[Asset]) -> dict[int, list[Asset]]:
    """For each asset, by its id, all that it requires, theirs included: one query a level for a whole page of them."""
    links: dict[int, list[Asset]] = {}
    level = {asset.pk for asset in assets}
    wanted = list(level)
    while level:
        links.update((pk, []) for pk in level)
        rows = Asset.requires.through.objects.filter(from_asset__in=level).select_related("to_asset")
        for link in rows.order_by("to_asset__title", "to_asset_id"):
            links[link.from_asset_id].append(link.to_asset)
        level = {asset.pk for reached in links.values() for asset in reached} - links.keys()
    return {pk: _reachable(pk, links) for pk in wanted}


def _reachable(start: int, links: dict[int, list[Asset]]) -> list[Asset]:
    reached: dict[int, Asset] = {}
    waiting = list(links[start])
    while waiting:
        asset = waiting.pop()
        if asset.pk not in reached and asset.pk != start:
            reached[asset.pk] = asset
            waiting += links[asset.pk]
    return list(reached.values())


def ring_of_assets(asset: Asset, requires: Iterable[Asset]) -> list[Asset]:
    """The way from `asset` back to itself if it required these, or nothing: then it may."""
    for first in requires:
        if first.pk == asset.pk:
            return [asset, asset]
        via = {one.asset.pk: one for one in requirements(first)}
        if asset.pk in via:
            way = [asset]
            while way[-1].pk != first.pk:
                way.append(given(via[way[-1].pk].via, "a requirement names what requires it"))
            return [asset, *reversed(way)]
    return []
