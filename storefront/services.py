"""Buying, downloading, striking. The inner functions work in the caller's transaction; the shells open their own."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Min

from accounts import audit
from accounts.durable import Answer, Asking, durably, once
from accounts.models import User
from credits import services as credits
from credits.refusals import InsufficientCredits
from outbox import letters
from storefront import owned
from storefront.contents import contents
from storefront.documents import issue_invoice
from storefront.downloads import Wanted, download, record_download, record_downloads
from storefront.models import (
    Asset,
    Bundle,
    Download,
    Purchase,
    PurchaseItem,
    Series,
    Status,
    Terms,
)
from storefront.numbers import next_number
from storefront.refusals import (
    AlreadyOwned,
    AlreadyStruck,
    NotForSale,
    NotYourOwn,
    PriceChanged,
    StrikeTooLate,
)
from storefront.shares import allocate

__all__ = [
    "Wanted",
    "buy",
    "download",
    "frozen_items",
    "record_download",
    "record_downloads",
    "request_purchase",
    "strike",
    "strike_within",
]


def request_purchase(
    *, asking: Asking, thing: Asset | Bundle, expected_credits: int, allow_duplicate: bool = False
) -> Answer:
    """Buys once per key; the outcome is the purchase."""
    return once(
        asking,
        lambda: buy(
            customer=asking.person,
            asset=thing if isinstance(thing, Asset) else None,
            bundle=thing if isinstance(thing, Bundle) else None,
            expected_credits=expected_credits,
            allow_duplicate=allow_duplicate,
            now=asking.now,
        ),
    )


def buy(
    *,
    customer: User,
    asset: Asset | None = None,
    bundle: Bundle | None = None,
    expected_credits: int,
    allow_duplicate: bool = False,
    now: datetime,
) -> Purchase:
    """Price, balance and ownership are looked at under the wallet's lock; then everything happens, or nothing."""
    assert connection.in_atomic_block, "buying happens inside a transaction"
    wallet = credits.lock_wallet(customer=customer, now=now)
    thing = _as_it_is_now(asset, bundle)
    assets = [thing] if isinstance(thing, Asset) else contents(thing)
    _assert_for_sale(thing, assets)
    if not allow_duplicate and len(owned.owned_ids(customer, assets, now)) == len(assets):
        raise AlreadyOwned(title=thing.title)
    if thing.price != expected_credits:
        raise PriceChanged(credits=thing.price)
    if wallet.balance < thing.price:
        raise InsufficientCredits(credits=thing.price, balance=wallet.balance)
    payment = None
    if thing.price:
        payment = credits.pay(
            wallet=wallet, credits=thing.price, purpose=thing.title, made_by=customer, now=now
        )
    purchase = Purchase(
        customer=customer,
        asset=asset,
        bundle=bundle,
        publisher_id=thing.publisher_id,
        title=thing.title,
        credits_spent=thing.price,
        created_at=now,
        completed_at=now,
        terms=Terms.objects.in_force(now),
        payment=payment,
        items_count=len(assets),
        allowed_duplicate=allow_duplicate,
    )
    purchase.number = next_number(Series.INVOICE)
    purchase.save(force_insert=True)
    items = PurchaseItem.objects.bulk_create(frozen_items(purchase, assets))
    issue_invoice(purchase, items, now=now)
    letters.queue(
        template="receipt",
        to=customer,
        data={"invoice": purchase.number, "title": purchase.title, "credits": purchase.credits_spent},
        enclose=("invoice", purchase.number),
        now=now,
    )
    return purchase


def frozen_items(purchase: Purchase, assets: Sequence[Asset]) -> list[PurchaseItem]:
    """The assets as they are at this moment; nothing that changes about them later changes these rows."""
    shares = allocate(purchase.credits_spent, [asset.price for asset in assets])
    return [
        PurchaseItem(
            purchase=purchase,
            position=position,
            customer_id=purchase.customer_id,
            asset=asset,
            publisher=asset.publisher,
            title=asset.title,
            original_price=asset.price,
            share=share,
        )
        for position, (asset, share) in enumerate(zip(assets, shares, strict=True))
    ]


def strike(*, download: Download, by: User, why: str, now: datetime) -> Download:
    return durably(lambda: strike_within(download=download, by=by, why=why, now=now))


def strike_within(*, download: Download, by: User, why: str, now: datetime) -> Download:
    """A download that nobody asked for, or that failed, stops counting; it stays to be seen."""
    purchase = Purchase.objects.lock(download.purchase_id)
    found = Download.objects.select_related("item", "asset").get(pk=download.pk)
    assert why.strip(), "a strike has a reason"
    if by.pk == found.customer_id or by.memberships.filter(publisher=found.item.publisher_id).exists():
        raise NotYourOwn
    if found.struck_at:
        raise AlreadyStruck
    if purchase.status == Status.REFUNDED:
        raise StrikeTooLate
    found.struck_at, found.struck_by, found.struck_why = now, by, why
    found.save(update_fields=["struck_at", "struck_by", "struck_why"])
    item = found.item
    item.first_downloaded_at = item.downloads.filter(struck_at=None).aggregate(first=Min("at"))["first"]
    item.save(update_fields=["first_downloaded_at"])
    if item.first_downloaded_at is None:
        purchase.downloaded_count -= 1
        purchase.downloaded_price -= item.original_price
        purchase.save(update_fields=["downloaded_count", "downloaded_price"])
    audit.record(by=by, act="strike", subject=purchase.number, why=f"{found.asset.title}: {why}", now=now)
    return found


def _as_it_is_now(asset: Asset | None, bundle: Bundle | None) -> Asset | Bundle:
    if asset is not None:
        return Asset.objects.select_related("publisher").get(pk=asset.pk)
    assert bundle is not None, "a purchase is of an asset or of a bundle"
    return Bundle.objects.get(pk=bundle.pk)


def _assert_for_sale(thing: Asset | Bundle, assets: Sequence[Asset]) -> None:
    """A bundle with a withdrawn asset in it waits until its publisher has changed it: nobody is sold what is gone, and
    nobody pays the whole price for less."""
    if thing.withdrawn_at or not assets or any(asset.withdrawn_at for asset in assets):
        raise NotForSale(title=thing.title)
