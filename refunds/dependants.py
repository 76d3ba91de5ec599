"""What a refund ended and what it left, and which of the assets that were kept need one that was lost."""

from collections.abc import Sequence

from refunds.models import Refund
from storefront.models import Asset, PurchaseItem


def lost_and_kept(
    refund: Refund, items: Sequence[PurchaseItem]
) -> tuple[list[PurchaseItem], list[PurchaseItem]]:
    """The items whose licences ended with the refund, whatever happened since, and those that the customer kept."""
    all_lost = refund.purchase.revoked_at == refund.at
    lost = [item for item in items if all_lost or item.revoked_at == refund.at]
    gone = {item.pk for item in lost}
    return lost, [item for item in items if item.pk not in gone]


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
