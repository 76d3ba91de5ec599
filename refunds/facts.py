"""The only bridge from the tables to the policy: what is known of a purchase, gathered once, in plain values."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from refunds import policy
from refunds.models import ChargeBack, Refund
from refunds.policy import Cause, Facts, Item, Kind, PastRefund, Status
from storefront.models import Download, Purchase, PurchaseItem


@dataclass(frozen=True)
class Gathered:
    """The facts, with the rows they were read from for whoever goes on to act on them."""

    purchase: Purchase
    items: list[PurchaseItem]
    facts: Facts
    terms: policy.Terms


def facts_about(purchase: Purchase, requester: User | None, *, as_of: datetime | None = None) -> Facts:
    return gather(purchase, requester, as_of=as_of).facts


def gather(purchase: Purchase, requester: User | None, *, as_of: datetime | None = None) -> Gathered:
    """`as_of` looks back: what was downloaded, struck, refunded or charged back only later is not seen."""
    items = list(purchase.items.select_related("asset").order_by("position"))
    downloads = _downloads(purchase, as_of)
    status, refund = _standing(purchase, as_of)
    facts = Facts(
        requester=requester.pk if requester else None,
        owner=purchase.customer_id,
        invoice=purchase.number,
        kind=Kind.BUNDLE if purchase.is_bundle else Kind.ASSET,
        title=purchase.title,
        status=status,
        completed_at=purchase.completed_at,
        credits_spent=purchase.credits_spent,
        items=tuple(
            Item(item.asset.slug, item.title, item.original_price, tuple(downloads[item.pk]))
            for item in items
        ),
        download_log=purchase.download_log,
        refund=refund,
    )
    return Gathered(purchase, items, facts, terms_of(purchase))


def terms_of(purchase: Purchase) -> policy.Terms:
    """The terms that were in force when the purchase was completed, whatever was published since."""
    bound = purchase.terms
    return policy.Terms(bound.version, bound.in_force_from, bound.window_days, bound.bundle_percent)


def _downloads(purchase: Purchase, as_of: datetime | None) -> dict[int, list[policy.Download]]:
    by_item: dict[int, list[policy.Download]] = defaultdict(list)
    rows = Download.objects.filter(purchase=purchase).select_related("via").order_by("at", "id")
    for row in rows if as_of is None else rows.filter(at__lte=as_of):
        struck = row.struck_at is not None and (as_of is None or row.struck_at <= as_of)
        by_item[row.item_id].append(
            policy.Download(
                at=row.at,
                cause=Cause(row.cause),
                via=row.via.slug if row.via else None,
                struck=struck,
                via_title=row.via.title if row.via else None,
            )
        )
    return by_item


def _standing(purchase: Purchase, as_of: datetime | None) -> tuple[Status, PastRefund | None]:
    status = Status(purchase.status)
    if status not in {Status.REFUNDED, Status.CHARGED_BACK}:
        return status, None
    refund = Refund.objects.select_related("credit_note").filter(purchase=purchase).first()
    if refund is not None and as_of is not None and refund.at > as_of:
        refund = None
    past = PastRefund(refund.credit_note.number, refund.at, refund.credits) if refund else None
    if as_of is not None:
        charged_back = ChargeBack.objects.filter(purchase=purchase, at__lte=as_of).exists()
        status = Status.CHARGED_BACK if charged_back else Status.REFUNDED if past else Status.COMPLETED
    return status, past
