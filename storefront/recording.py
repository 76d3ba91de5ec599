"""What was sold and handed out elsewhere, recorded here: another shop in front of this store says what happened, and
when. Nothing is asked about price or ownership, for it has happened; the credits must be there all the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from django.db import connection

from accounts.models import Publisher, User
from credits import ledger
from credits.books import open_books
from ground.doors import Door
from ground.laws import law
from storefront import sold
from storefront.contents import contents
from storefront.downloads import as_model, newest_files
from storefront.models import Asset, Bundle, Cause, Download, Purchase, Status, Terms
from storefront.numbers import claim_number
from storefront.record import read_sold, write_downloads, write_moves, write_purchases
from storefront.refusals import NoLongerLive, WrongLine
from storefront.services import as_model as purchase_as_model
from storefront.services import good_of
from storefront.sold import Good, Handed, Sold, freeze


class ToldItem(TypedDict):
    """One item as another shop sold it. What is missing is taken from the catalogue here."""

    asset: str
    publisher: NotRequired[str]
    title: NotRequired[str]
    original_price: NotRequired[int]
    share: NotRequired[int]


def record_purchase(
    *,
    customer: User,
    thing: Asset | Bundle,
    spent: int,
    at: datetime,
    status: str = Status.COMPLETED,
    items: Sequence[ToldItem] | None = None,
    number: str | None = None,
    download_log: bool = True,
    allow_duplicate: bool = False,
    by: User,
    now: datetime,
) -> Purchase:
    """Draws on what is in the wallet now and lasts until `at`, which is when it happened; the other shop's clock may be
    ahead."""
    law(connection.in_atomic_block, "a purchase is recorded inside a transaction")
    sold.assert_made(status=status, credits=spent)
    books = open_books([customer.pk], now=now)
    terms = _terms(at)
    assets = _assets(thing, items)
    parts = freeze(
        _goods(thing, assets, items),
        spent=spent,
        shares=[item["share"] for item in items or () if "share" in item],
    )
    payment = None
    if spent:
        payment = ledger.pay(
            books.wallet(customer.pk), credits=spent, purpose=thing.title, made_by=by.pk, at=at
        )
    books.close()
    completed = status in {Status.COMPLETED, Status.CHARGED_BACK}
    bought = Sold(
        customer=customer,
        asset_id=thing.pk if isinstance(thing, Asset) else None,
        bundle_id=thing.pk if isinstance(thing, Bundle) else None,
        publisher_id=thing.publisher_id,
        title=thing.title,
        credits_spent=spent,
        status=Status.COMPLETED if completed else status,
        created_at=at,
        completed_at=at if completed else None,
        terms=terms,
        payment=payment,
        parts=parts,
        download_log=download_log,
        allowed_duplicate=allow_duplicate,
        number=claim_number(number) if number else "",
    )
    write_purchases([bought])
    return purchase_as_model(bought, customer=customer, terms=terms)


def record_download_of(
    *, purchase: Purchase, asset: Asset, at: datetime, via: Asset | None = None
) -> Download:
    """A download that the other shop handed out: it belongs to the purchase that is named, whatever this store would
    have picked."""
    law(connection.in_atomic_block, "a download is recorded inside a transaction")
    (locked,) = Purchase.objects.lock_all([purchase.pk])
    (bought,) = read_sold([locked])
    place = bought.place_of(asset.slug)
    if place is None:
        raise WrongLine("asset", "This asset is no item of the purchase.")
    if not bought.download_log:
        raise WrongLine("purchase", "Nobody knows the downloads of this purchase.")
    file = newest_files([asset]).get(asset.pk)
    handed = Handed(
        sold=bought,
        place=place,
        at=at,
        cause=Cause.DEPENDENCY if via else Cause.DIRECT,
        via_id=via.pk if via else None,
        file_id=file.pk if file else None,
        version=file.version if file else "",
        door=Door.STORE,
    )
    sold.assert_completed(bought, at)
    if not bought.gives_access(place):
        raise NoLongerLive
    sold.hand_out(bought, handed)
    write_downloads([handed])
    write_moves([bought])
    return as_model(handed, asset=asset, via=via, purchase=locked)


def _terms(at: datetime) -> Terms:
    try:
        return Terms.objects.in_force(at)
    except Terms.DoesNotExist:
        raise WrongLine("at", "No terms were in force at that time.") from None


def _assets(thing: Asset | Bundle, items: Sequence[ToldItem] | None) -> list[Asset]:
    """What the line names, or what is in it now, as the catalogue has it."""
    if items is None:
        return [thing] if isinstance(thing, Asset) else contents(thing)
    slugs = [item["asset"] for item in items]
    known = {asset.slug: asset for asset in Asset.objects.filter(slug__in=slugs).select_related("publisher")}
    return [known[slug] for slug in slugs if slug in known]


def _goods(thing: Asset | Bundle, assets: Sequence[Asset], items: Sequence[ToldItem] | None) -> list[Good]:
    """The assets as the items say that they were sold, or as they are on sale now."""
    goods = [good_of(asset) for asset in assets]
    if items is None:
        return goods
    if len(goods) < len(items):
        return []  # One of them is no asset of this store.
    if isinstance(thing, Asset):
        sold.assert_one_item(thing.slug, goods)
    sellers = {
        one.slug: one for one in Publisher.objects.filter(slug__in=[item.get("publisher") for item in items])
    }
    if {item["publisher"] for item in items if "publisher" in item} - sellers.keys():
        raise WrongLine("items", "One of these publishers is unknown.")
    return [
        good.as_sold(
            title=item.get("title"),
            price=item.get("original_price"),
            seller=sellers[item["publisher"]] if "publisher" in item else None,
        )
        for item, good in zip(items, goods, strict=True)
    ]
