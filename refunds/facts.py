"""The only bridge from purchases to the policy: what is known of them, gathered in plain values, for any number."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from refunds import policy
from refunds.models import ChargeBack, Refund
from refunds.policy import Cause, Facts, Item, Kind, PastRefund, Status
from storefront.models import Purchase
from storefront.record import read_sold
from storefront.sold import BoundTerms, Handed, Settled, Sold


@dataclass(frozen=True)
class Gathered:
    """The facts, and the purchase that they are about, so that a caller can act on it."""

    purchase: Purchase
    sold: Sold
    facts: Facts
    terms: policy.Terms


def facts_about(purchase: Purchase, requester: User | None, *, as_of: datetime | None = None) -> Facts:
    return gather(purchase, requester, as_of=as_of).facts


def gather(purchase: Purchase, requester: User | None, *, as_of: datetime | None = None) -> Gathered:
    return gather_all([(purchase, requester.pk if requester else None)], as_of=as_of)[0]


def gather_all(
    asked: Sequence[tuple[Purchase, int | None]], *, as_of: datetime | None = None
) -> list[Gathered]:
    """Purchases, each with who asks, in a constant number of statements. `as_of` looks back: what was downloaded, struck,
    refunded or charged back only later is not seen."""
    sold = read_sold([purchase for purchase, _ in asked], as_of=as_of)
    _read_settled(sold, as_of)
    return [
        Gathered(purchase, one, facts_of(one, requester=requester, as_of=as_of), policy_terms(purchase.terms))
        for (purchase, requester), one in zip(asked, sold, strict=True)
    ]


def facts_of(
    sold: Sold,
    *,
    requester: int | None,
    as_of: datetime | None = None,
    handed: Iterable[Handed] | None = None,
) -> Facts:
    """`handed` are its downloads where they are not at hand in the purchase itself."""
    downloads: dict[int, list[policy.Download]] = defaultdict(list)
    for download in sorted(sold.handed or handed or (), key=lambda one: (one.at, one.id or 0)):
        if as_of is None or download.at <= as_of:
            downloads[download.place].append(_download(download, as_of))
    status, past = _standing(sold, as_of)
    return Facts(
        requester=requester,
        owner=sold.customer.pk,
        invoice=sold.number,
        kind=Kind.BUNDLE if sold.is_bundle else Kind.ASSET,
        title=sold.title,
        status=status,
        completed_at=sold.completed_at,
        credits_spent=sold.credits_spent,
        items=tuple(
            Item(part.slug, part.title, part.original_price, tuple(downloads[place]))
            for place, part in enumerate(sold.parts)
        ),
        download_log=sold.download_log,
        refund=past,
    )


def policy_terms(bound: BoundTerms) -> policy.Terms:
    """The terms that were in force when a purchase was completed, whatever was published since."""
    return policy.Terms(bound.version, bound.in_force_from, bound.window_days, bound.bundle_percent)


def terms_of(purchase: Purchase) -> policy.Terms:
    return policy_terms(purchase.terms)


def _download(handed: Handed, as_of: datetime | None) -> policy.Download:
    return policy.Download(
        at=handed.at,
        cause=Cause(handed.cause),
        via=handed.via_slug,
        struck=handed.struck_at is not None and (as_of is None or handed.struck_at <= as_of),
        via_title=handed.via_title,
    )


def _standing(sold: Sold, as_of: datetime | None) -> tuple[Status, PastRefund | None]:
    """Its status and its refund, as they are or as they were at that instant."""
    status, settled = Status(sold.status), sold.settled
    if settled is not None and as_of is not None and settled.at > as_of:
        settled = None
    past = PastRefund(settled.credit_note, settled.at, settled.credits) if settled else None
    if as_of is not None and status in {Status.REFUNDED, Status.CHARGED_BACK}:
        back_at = sold.charged_back_at
        if status is Status.REFUNDED or (back_at is not None and back_at > as_of):
            status = Status.REFUNDED if past else Status.COMPLETED
    return status, past


def _read_settled(sold: Collection[Sold], as_of: datetime | None) -> None:
    """Refunds and charge-backs, of those that have one."""
    by_id = {one.id: one for one in sold if one.status in {Status.REFUNDED, Status.CHARGED_BACK}}
    if not by_id:
        return
    rows = Refund.objects.filter(purchase__in=by_id).values_list(
        "purchase_id", "at", "credits", "credit_note__number"
    )
    for pk, at, credits, note in rows:
        by_id[pk].settled = Settled(at, credits, note)
    if as_of is not None:
        for pk, at in ChargeBack.objects.filter(purchase__in=by_id).values_list("purchase_id", "at"):
            by_id[pk].charged_back_at = at
