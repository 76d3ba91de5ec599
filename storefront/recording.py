"""What was sold and handed out elsewhere, recorded here: another shop in front of this store says what happened, and
when. Nothing is asked about price or ownership, for it has happened; the credits must be there all the same."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import Publisher, User
from credits import services as credits
from storefront.contents import contents
from storefront.documents import issue_invoice
from storefront.downloads import count_firsts, newest_files
from storefront.models import (
    Asset,
    Bundle,
    Cause,
    Download,
    Purchase,
    PurchaseItem,
    Series,
    Status,
    Terms,
)
from storefront.numbers import claim_number, next_number
from storefront.refusals import NoLongerLive, WrongLine
from storefront.shares import allocate


def record_purchase(
    *,
    customer: User,
    thing: Asset | Bundle,
    spent: int,
    at: datetime,
    status: str = Status.COMPLETED,
    items: Sequence[Mapping[str, Any]] | None = None,
    number: str | None = None,
    download_log: bool = True,
    allow_duplicate: bool = False,
    by: User,
    now: datetime,
) -> Purchase:
    """Draws on what is in the wallet now and lasts until `at`, which is when it happened; the other shop's clock may be
    ahead."""
    assert connection.in_atomic_block, "a purchase is recorded inside a transaction"
    if status == Status.CANCELLED and spent:
        raise WrongLine("credits", "A cancelled purchase has 0 credits. Nothing was recorded.")
    try:
        terms = Terms.objects.in_force(at)
    except Terms.DoesNotExist:
        raise WrongLine("at", "No terms were in force at that time. Nothing was recorded.") from None
    wallet = credits.lock_wallet(customer=customer, now=now)
    parts = _parts(thing, items, spent)
    payment = None
    if spent:
        payment = credits.pay(wallet=wallet, credits=spent, purpose=thing.title, made_by=by, now=at)
    completed = status in {Status.COMPLETED, Status.CHARGED_BACK}
    purchase = Purchase(
        customer=customer,
        asset=thing if isinstance(thing, Asset) else None,
        bundle=thing if isinstance(thing, Bundle) else None,
        publisher_id=thing.publisher_id,
        title=thing.title,
        credits_spent=spent,
        status=Status.COMPLETED if completed else status,
        created_at=at,
        completed_at=at if completed else None,
        terms=terms,
        payment=payment,
        items_count=len(parts),
        download_log=download_log,
        allowed_duplicate=allow_duplicate,
    )
    purchase.number = claim_number(number) if number else next_number(Series.INVOICE)
    purchase.save(force_insert=True)
    for part in parts:
        part.purchase, part.customer_id = purchase, customer.pk
    made = PurchaseItem.objects.bulk_create(parts)
    if status != Status.PENDING:
        issue_invoice(purchase, made, now=at)
    return purchase


def record_download_of(
    *, purchase: Purchase, asset: Asset, at: datetime, via: Asset | None = None
) -> Download:
    """A download that the other shop handed out: it belongs to the purchase that is named, whatever this store would
    have picked."""
    assert connection.in_atomic_block, "a download is recorded inside a transaction"
    locked = Purchase.objects.lock(purchase.pk)
    item = PurchaseItem.objects.filter(purchase=locked, asset=asset).first()
    if item is None:
        raise WrongLine("asset", "This asset is no item of the purchase. Nothing was recorded.")
    if not locked.download_log:
        raise WrongLine("purchase", "Nobody knows the downloads of this purchase. Nothing was recorded.")
    if locked.completed_at is None or at < locked.completed_at:
        raise WrongLine("at", "The purchase was not completed then. Nothing was recorded.")
    if not PurchaseItem.objects.live().filter(pk=item.pk).exists():
        raise NoLongerLive
    file = newest_files([asset]).get(asset.pk)
    made = Download.objects.create(
        item=item,
        purchase=locked,
        customer_id=locked.customer_id,
        asset=asset,
        file=file,
        version=file.version if file else "",
        cause=Cause.DEPENDENCY if via else Cause.DIRECT,
        via=via,
        door="store",
        at=at,
    )
    count_firsts([item], {locked.pk: locked}, at)
    return made


def _parts(
    thing: Asset | Bundle, items: Sequence[Mapping[str, Any]] | None, spent: int
) -> list[PurchaseItem]:
    """The items as they are said to have been, or as the catalogue has them now."""
    if items is None:
        goods = [thing] if isinstance(thing, Asset) else contents(thing)
        items = [{"asset": asset.slug} for asset in goods]
    slugs = [item["asset"] for item in items]
    known = {asset.slug: asset for asset in Asset.objects.filter(slug__in=slugs).select_related("publisher")}
    sellers = {
        one.slug: one for one in Publisher.objects.filter(slug__in=[item.get("publisher") for item in items])
    }
    if not slugs or set(slugs) - known.keys() or len(set(slugs)) < len(slugs):
        raise WrongLine("items", "Name assets of this store, each once. Nothing was recorded.")
    if isinstance(thing, Asset) and slugs != [thing.slug]:
        raise WrongLine(
            "items", f"It is of the asset {thing.slug}, so this is its one item. Nothing was recorded."
        )
    if {item["publisher"] for item in items if "publisher" in item} - sellers.keys():
        raise WrongLine("items", "One of these publishers is unknown. Nothing was recorded.")
    prices = [item.get("original_price", known[item["asset"]].price) for item in items]
    given = [item["share"] for item in items if "share" in item]
    if given and (len(given) < len(items) or sum(given) != spent):
        raise WrongLine("items", f"The shares do not add up to {spent} credits. Nothing was recorded.")
    return [
        PurchaseItem(
            position=position,
            asset=known[item["asset"]],
            publisher=sellers[item["publisher"]] if "publisher" in item else known[item["asset"]].publisher,
            title=item.get("title", known[item["asset"]].title),
            original_price=price,
            share=share,
        )
        for position, (item, price, share) in enumerate(
            zip(items, prices, given or allocate(spent, prices), strict=True)
        )
    ]
