"""Buying, downloading, striking. The inner functions work in the caller's transaction; the shells open their own."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from accounts import audit
from accounts.models import User
from credits import ledger
from credits.books import open_books
from credits.refusals import InsufficientCredits
from ground import rows
from ground.laws import LawBroken, law
from ground.receipts import Answer, Asking, idempotently
from ground.transactions import in_transaction
from outbox.acts import queue_acts
from storefront import owned, sold
from storefront.contents import goods_in
from storefront.downloads import Wanted, download, record_download, record_downloads, request_download
from storefront.models import Asset, Bundle, Download, Purchase, Terms
from storefront.record import read_sold, write_moves, write_purchases
from storefront.refusals import AlreadyOwned, AlreadyStruck, NotForSale, NotYourOwn, PriceChanged
from storefront.sold import Good, Sold, freeze

__all__ = [
    "Wanted",
    "buy",
    "download",
    "record_download",
    "record_downloads",
    "request_download",
    "request_purchase",
    "strike",
    "strike_within",
]


def request_purchase(
    *, asking: Asking, thing: Asset | Bundle, expected_credits: int, allow_duplicate: bool = False
) -> Answer:
    """Buys once per key; the outcome is the purchase."""
    return idempotently(
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
    law(connection.in_atomic_block, "buying happens inside a transaction")
    books = open_books([customer.pk], now=now)
    wallet = books.wallet(customer.pk)
    thing = _as_it_is_now(asset, bundle)
    goods, for_sale = ([good_of(thing)], True) if isinstance(thing, Asset) else goods_in(thing)
    # A bundle with a withdrawn asset in it waits until its publisher has changed it: nobody is sold what is gone, and
    # nobody pays the whole price for less.
    if thing.withdrawn_at or not goods or not for_sale:
        raise NotForSale(title=thing.title)
    if not allow_duplicate and owned.owns_all(customer, [good.asset_id for good in goods], now):
        raise AlreadyOwned(title=thing.title)
    if thing.price != expected_credits:
        raise PriceChanged(credits=thing.price)
    if wallet.balance < thing.price:
        raise InsufficientCredits(credits=thing.price, balance=wallet.balance)
    payment = None
    if thing.price:
        payment = ledger.pay(wallet, credits=thing.price, purpose=thing.title, at=now, made_by=customer.pk)
    books.close()
    terms = Terms.objects.in_force(now)
    bought = Sold(
        customer=customer,
        asset_id=asset.pk if asset else None,
        bundle_id=bundle.pk if bundle else None,
        publisher_id=thing.publisher_id,
        title=thing.title,
        credits_spent=thing.price,
        status=sold.COMPLETED,
        created_at=now,
        completed_at=now,
        terms=terms,
        payment=payment,
        parts=freeze(goods, spent=thing.price),
        allowed_duplicate=allow_duplicate,
    )
    write_purchases([bought])
    queue_acts("purchase", [bought.pk], now=now)
    return as_model(bought, customer=customer, terms=terms)


def good_of(asset: Asset) -> Good:
    """An asset as it is on sale at this moment."""
    seller = asset.publisher
    return Good(asset.pk, asset.slug, seller.pk, seller.slug, seller.name, asset.title, asset.price)


def as_model(bought: Sold, *, customer: User, terms: Terms) -> Purchase:
    """What was just written, without reading it again."""
    purchase = Purchase(
        id=bought.id,
        number=bought.number,
        customer=customer,
        asset_id=bought.asset_id,
        bundle_id=bought.bundle_id,
        publisher_id=bought.publisher_id,
        title=bought.title,
        credits_spent=bought.credits_spent,
        status=bought.status,
        created_at=bought.created_at,
        completed_at=bought.completed_at,
        terms=terms,
        payment_id=bought.payment.id if bought.payment else None,
        items_count=bought.items_count,
        revoked_at=bought.revoked_at,
        download_log=bought.download_log,
        allowed_duplicate=bought.allowed_duplicate,
    )
    purchase.just_bought = bought.parts
    return purchase


def strike(*, download: Download, by: User, why: str, now: datetime) -> Download:
    return in_transaction(lambda: strike_within(downloads=[download], by=by, why=why, now=now)[0])


def strike_within(*, downloads: Sequence[Download], by: User, why: str, now: datetime) -> list[Download]:
    """Downloads of one purchase that nobody asked for, or that failed, stop counting; they stay to be seen."""
    law(why.strip(), "a strike has a reason")
    (purchase,) = Purchase.objects.lock_all([downloads[0].purchase_id])
    (bought,) = read_sold([purchase])
    handed = {one.id: one for one in bought.handed or ()}
    own = set(by.memberships.values_list("publisher_id", flat=True))
    for row in downloads:
        chosen = handed[row.pk]
        if by.pk == purchase.customer_id or bought.parts[chosen.place].publisher_id in own:
            raise NotYourOwn
        if chosen.struck_at:
            raise AlreadyStruck
        counted = [
            one.at
            for one in handed.values()
            if one is not chosen and one.place == chosen.place and not one.struck_at
        ]
        sold.strike(chosen, counted=counted, at=now, by_id=by.pk, why=why)
        title = bought.parts[chosen.place].title
        audit.record(by=by, act="strike", subject=purchase.number, why=f"{title}: {why}", now=now)
        row.struck_at, row.struck_by, row.struck_why = now, by, why
    rows.update(
        Download,
        ("struck_at", "struck_by_id", "struck_why"),
        [(row.pk, now, by.pk, why) for row in downloads],
    )
    write_moves([bought])
    return list(downloads)


def _as_it_is_now(asset: Asset | None, bundle: Bundle | None) -> Asset | Bundle:
    if asset is not None:
        return Asset.objects.select_related("publisher").get(pk=asset.pk)
    if bundle is None:
        raise LawBroken("a purchase is of an asset or of a bundle")
    return Bundle.objects.get(pk=bundle.pk)
