"""What a customer paid for twice: by mistake (a duplicate charge), or knowingly or in part (an overlap).

A duplicate charge is the same asset or the same bundle bought again without the buyer's recorded "buy again". An asset
inside another bundle, or a second purchase that was confirmed, is an overlap: it is shown, and it is the publisher's to
say yes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import BigIntegerField, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ground.laws import given
from refunds.models import Case, Grounds
from storefront.models import Download, Purchase, PurchaseItem, Status

LOOKED_BACK = (30, 90, 180)  # days; a longer look takes longer


@dataclass(frozen=True)
class Pair:
    """Two purchases of one customer that give the same thing. `second` is the one that was made later."""

    first: Purchase
    second: Purchase
    titles: list[str]
    is_duplicate: bool
    downloads: dict[int, list[Download]] = field(default_factory=dict)

    @property
    def first_downloads(self) -> list[Download]:
        return self.downloads.get(self.first.pk, [])

    @property
    def second_downloads(self) -> list[Download]:
        return self.downloads.get(self.second.pk, [])

    @property
    def what(self) -> str:
        return "duplicate charge" if self.is_duplicate else "overlap"


def charged_twice(purchase: Purchase) -> bool:
    """Whether this purchase is the second of the same thing, bought without saying so. The first is never one: giving
    both back would leave the customer with nothing."""
    if purchase.allowed_duplicate or purchase.status != Status.COMPLETED:
        return False
    return _earlier_of_the_same(purchase).exists()


@dataclass(frozen=True)
class Held:
    """What a customer holds twice, and every download of the purchase itself."""

    pairs: list[Pair]
    downloads: list[Download]


def held_twice(purchase: Purchase) -> Held:
    """Everything this customer owns as well, with which is which, when, and what was downloaded through each."""
    twins = (
        PurchaseItem.objects.filter(
            customer=purchase.customer_id,
            asset__in=PurchaseItem.objects.filter(purchase=purchase).values("asset"),
            purchase__completed_at__isnull=False,
        )
        .filter(purchase__status__in=[Status.COMPLETED, Status.REFUNDED])
        .exclude(purchase=purchase)
        .select_related("purchase")
        .order_by("purchase__completed_at", "purchase__number", "position")
    )
    found: dict[int, tuple[Purchase, list[str]]] = {}
    for twin in twins if purchase.completed_at else ():  # What was never completed gives nothing.
        found.setdefault(twin.purchase_id, (twin.purchase, []))[1].append(twin.title)
    downloads = _downloads_of([purchase.pk, *found])
    return Held(
        pairs=[_pair(purchase, other, titles, downloads) for other, titles in found.values()],
        downloads=downloads.get(purchase.pk, []),
    )


def unasked(*, now: datetime, days: int) -> "QuerySet[Purchase]":
    """Duplicate charges of so many days that nobody has asked about yet, newest first, each with the `first` it repeats.

    An asset's twin is found by the index of what a customer owns; of bundles there are few for each customer.
    """
    earlier = Q(purchase__completed_at__lt=OuterRef("completed_at")) | Q(
        purchase__completed_at=OuterRef("completed_at"), purchase__lt=OuterRef("pk")
    )
    same_asset = PurchaseItem.objects.filter(
        earlier,
        customer=OuterRef("customer"),
        asset=OuterRef("asset"),
        purchase__asset=OuterRef("asset"),
        purchase__status=Status.COMPLETED,
    )
    same_bundle = Purchase.objects.filter(
        Q(completed_at__lt=OuterRef("completed_at"))
        | Q(completed_at=OuterRef("completed_at"), pk__lt=OuterRef("pk")),
        customer=OuterRef("customer"),
        bundle=OuterRef("bundle"),
        status=Status.COMPLETED,
    )
    asked = Case.objects.filter(purchase=OuterRef("pk"), grounds=Grounds.DUPLICATE_CHARGE)
    open_case = Case.objects.open().filter(purchase=OuterRef("pk"))
    lately = Purchase.objects.filter(
        status=Status.COMPLETED, allowed_duplicate=False, created_at__gte=now - timedelta(days=days)
    )
    return (
        # Cheap first: what is no bundle is not looked for among bundles.
        lately.filter(
            (Q(asset__isnull=False) & Q(Exists(same_asset)))
            | (Q(bundle__isnull=False) & Q(Exists(same_bundle)))
        )
        .exclude(Exists(asked))
        .exclude(Exists(open_case))
        .annotate(
            first=Coalesce(
                Subquery(same_asset.order_by("purchase__completed_at", "purchase").values("purchase")[:1]),
                Subquery(same_bundle.order_by("completed_at", "pk").values("pk")[:1]),
                output_field=BigIntegerField(),
            )
        )
        .select_related("customer")
        .order_by("-id")
    )


def with_first(unasked: Sequence[Purchase]) -> list[tuple[Purchase | None, Purchase]]:
    """Each after the purchase that it repeats: one statement for all of them."""
    firsts = Purchase.objects.in_bulk([one.first for one in unasked])  # type: ignore[attr-defined] # annotated
    return [(firsts.get(one.first), one) for one in unasked]  # type: ignore[attr-defined] # annotated


def _earlier_of_the_same(purchase: Purchase) -> "QuerySet[Purchase]":
    if purchase.completed_at is None:
        return Purchase.objects.none()
    thing = {"asset": purchase.asset_id} if purchase.asset_id else {"bundle": purchase.bundle_id}
    return Purchase.objects.filter(customer=purchase.customer_id, status=Status.COMPLETED, **thing).filter(
        Q(completed_at__lt=purchase.completed_at) | Q(completed_at=purchase.completed_at, pk__lt=purchase.pk)
    )


def _downloads_of(purchases: Iterable[int]) -> dict[int, list[Download]]:
    found: dict[int, list[Download]] = {}
    rows = Download.objects.filter(purchase__in=purchases).order_by("at", "id")
    for row in rows.select_related("item", "asset", "via", "struck_by"):
        found.setdefault(row.purchase_id, []).append(row)
    return found


def _pair(
    purchase: Purchase, other: Purchase, titles: list[str], downloads: dict[int, list[Download]]
) -> Pair:
    first, second = sorted((purchase, other), key=_when)
    return Pair(first, second, titles, is_duplicate=_is_duplicate(first, second), downloads=downloads)


def _is_duplicate(first: Purchase, second: Purchase) -> bool:
    same = (first.asset_id, first.bundle_id) == (second.asset_id, second.bundle_id)
    return same and not second.allowed_duplicate


def _when(purchase: Purchase) -> tuple[datetime, int]:
    return given(purchase.completed_at, "only what was completed is owned twice"), purchase.pk
