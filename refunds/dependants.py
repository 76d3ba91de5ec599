"""Which assets that somebody keeps need one that they lost."""

from collections.abc import Sequence

from storefront.models import Asset, PurchaseItem


def kept_that_require_lost(
    kept: Sequence[PurchaseItem], lost: Sequence[PurchaseItem]
) -> list[tuple[str, str]]:
    """Pairs of titles: the asset that was kept, and the lost one that it requires."""
    titles = {item.asset_id: item.title for item in [*kept, *lost]}
    rows = Asset.requires.through.objects.filter(
        from_asset__in=[item.asset_id for item in kept], to_asset__in=[item.asset_id for item in lost]
    )
    return [
        (titles[by], titles[what])
        for by, what in rows.order_by("from_asset", "to_asset").values_list("from_asset", "to_asset")
    ]
