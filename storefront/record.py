"""Writes what happened to purchases, wherever it happened: new ones, downloads, and what moved of those that were there.

Each takes many at once and a constant number of statements. The laws stand in `sold.py`, the locks are the caller's.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from credits.chain import canonical
from ground import rows
from ground.prepared import Given, Prepared
from storefront.documents import invoice_facts
from storefront.models import Download, Invoice, Purchase, PurchaseItem, Series, Status
from storefront.numbers import take_numbers
from storefront.sold import Asked, Handed, Part, Sold

PURCHASE = (
    *("number", "customer_id", "asset_id", "bundle_id", "publisher_id", "title", "credits_spent"),
    *("created_at", "terms_id", "payment_id", "items_count", "download_log", "allowed_duplicate"),
)
PURCHASE_MOVES = (
    *("status", "completed_at", "downloaded_count", "downloaded_price", "revoked_at"),
    *("asked_at", "asked_count", "asked_price"),
)
ITEM = (
    *("purchase_id", "position", "customer_id", "asset_id", "publisher_id", "title", "original_price"),
    "share",
)
ITEM_MOVES = ("first_downloaded_at", "kept_share", "revoked_at")
DOWNLOAD = (
    *("item_id", "purchase_id", "customer_id", "asset_id", "file_id", "version", "cause", "via_id", "told"),
    *("door", "at", "struck_at", "struck_by_id", "struck_why"),
)

_items = Prepared(
    lambda: (
        PurchaseItem.objects.filter(purchase__among=Given("purchases"))
        .order_by("purchase_id", "position", "downloads__at", "downloads__id")
        .values_list(
            *(
                "purchase_id",
                "id",
                "asset_id",
                "asset__slug",
                "publisher_id",
                "title",
                "original_price",
                "share",
            ),
            *("first_downloaded_at", "kept_share", "revoked_at"),
            *("downloads__id", "downloads__at", "downloads__cause", "downloads__via_id"),
            *("downloads__via__slug", "downloads__via__title", "downloads__struck_at"),
        )
    )
)


def read_sold(purchases: Collection[Purchase], *, as_of: datetime | None = None) -> list[Sold]:
    """Purchases with their items and downloads, as plain values. `as_of` looks back: what was downloaded or struck only
    later is not seen."""
    by_id = {purchase.pk: _bare(purchase) for purchase in purchases}
    for pk, of_purchase in groupby(_items(purchases=list(by_id)), key=itemgetter(0)):
        sold = by_id[pk]
        items = [list(of_item) for _, of_item in groupby(of_purchase, key=itemgetter(1))]
        sold.parts = tuple(_part(item[0]) for item in items)
        sold.item_ids = [item[0][1] for item in items]
        sold.firsts = {place: item[0][8] for place, item in enumerate(items) if item[0][8] is not None}
        sold.kept_shares = tuple(item[0][9] for item in items)
        sold.lost = {place: item[0][10] for place, item in enumerate(items) if item[0][10] is not None}
        sold.handed = [
            handed
            for place, item in enumerate(items)
            for row in item
            if (handed := _handed(sold, place, row[11:], as_of))
        ]
    return list(by_id.values())


def _bare(purchase: Purchase) -> Sold:
    asked = purchase.asked_at and Asked(purchase.asked_at, purchase.asked_count, purchase.asked_price)
    return Sold(
        customer=purchase.customer,
        asset_id=purchase.asset_id,
        bundle_id=purchase.bundle_id,
        publisher_id=purchase.publisher_id,
        title=purchase.title,
        credits_spent=purchase.credits_spent,
        status=purchase.status,
        created_at=purchase.created_at,
        completed_at=purchase.completed_at,
        terms=purchase.terms,
        payment=None,
        parts=(),
        download_log=purchase.download_log,
        allowed_duplicate=purchase.allowed_duplicate,
        number=purchase.number,
        id=purchase.pk,
        revoked_at=purchase.revoked_at,
        asked=asked or None,
    )


def _part(item: Sequence[Any]) -> Part:
    """Without its publisher's names: nobody asks for them of a purchase that was there before."""
    asset, slug, publisher, title, price, share = item[2:8]
    return Part(asset, slug, publisher, "", "", title, price, share)


def _handed(sold: Sold, place: int, download: Sequence[Any], as_of: datetime | None) -> Handed | None:
    pk, at, cause, via, via_slug, via_title, struck_at = download
    if pk is None or (as_of is not None and at > as_of):
        return None
    if as_of is not None and struck_at is not None and struck_at > as_of:
        struck_at = None
    return Handed(sold, place, at, cause, via, via_slug, via_title, struck_at=struck_at, id=pk)


def write_purchases(new: Sequence[Sold]) -> None:
    """Purchases with their items, their downloads and their invoices. Those that have no number yet take the
    next ones: everybody waits for that row, so this comes late in a transaction."""
    unnumbered = [sold for sold in new if not sold.number]
    for sold, number in zip(unnumbered, take_numbers(Series.INVOICE, len(unnumbered)), strict=True):
        sold.number = number
    rows.add(Purchase, (*PURCHASE, *PURCHASE_MOVES), new, _purchase)
    _record_items(new)
    write_downloads([handed for sold in new for handed in sold.handed or ()])
    rows.write(Invoice, ("purchase_id", "customer_id", "number", "facts", "issued_at"), _invoices(new))


def write_downloads(handed: Sequence[Handed]) -> None:
    """Only the rows: what they move of their purchases is for `write_moves`, or goes in with new ones."""
    rows.add(Download, DOWNLOAD, handed, _download)


def write_moves(
    changed: Collection[Sold], *, places: Callable[[Sold], Collection[int]] | None = None
) -> None:
    """What may move of purchases that were there before, and of their items: of all of them, or of those at `places`."""
    rows.update(Purchase, PURCHASE_MOVES, ((sold.id, *_moving(sold)) for sold in changed))
    moved = (
        (sold.item_ids[place], *_item_moving(sold, place))
        for sold in changed
        for place in (places(sold) if places else range(len(sold.parts)))
    )
    rows.update(PurchaseItem, ITEM_MOVES, moved)


def _record_items(new: Sequence[Sold]) -> None:
    columns = (*ITEM, *ITEM_MOVES)
    items = (
        (*_item(sold, place), *_item_moving(sold, place)) for sold in new for place in range(len(sold.parts))
    )
    if any(sold.item_ids for sold in new):  # In a load they have theirs beforehand.
        given = (pk for sold in new for pk in sold.item_ids)
        rows.write(
            PurchaseItem, ("id", *columns), ((pk, *item) for pk, item in zip(given, items, strict=True))
        )
        return
    ids = iter(rows.insert(PurchaseItem, columns, items))
    for sold in new:
        sold.item_ids = [next(ids) for _ in sold.parts]


def _purchase(sold: Sold) -> tuple[object, ...]:
    return (
        *(sold.number, sold.customer.pk, sold.asset_id, sold.bundle_id, sold.publisher_id, sold.title),
        *(sold.credits_spent, sold.created_at, sold.terms.pk, sold.payment and sold.payment.id),
        *(sold.items_count, sold.download_log, sold.allowed_duplicate, *_moving(sold)),
    )


def _moving(sold: Sold) -> tuple[object, ...]:
    asked = sold.asked
    return (
        *(str(sold.status), sold.completed_at, sold.downloaded_count, sold.downloaded_price, sold.revoked_at),
        *((asked.at, asked.count, asked.price) if asked else (None, 0, 0)),
    )


def _item(sold: Sold, place: int) -> tuple[object, ...]:
    part = sold.parts[place]
    return (
        *(sold.id, place, sold.customer.pk, part.asset_id, part.publisher_id, part.title),
        *(part.original_price, part.share),
    )


def _item_moving(sold: Sold, place: int) -> tuple[object, ...]:
    kept_share = sold.kept_shares[place] if sold.kept_shares else None
    return (sold.firsts.get(place), kept_share, sold.lost.get(place))


def _download(handed: Handed) -> tuple[object, ...]:
    sold = handed.sold
    return (
        *(sold.item_ids[handed.place], sold.id, sold.customer.pk, sold.parts[handed.place].asset_id),
        *(handed.file_id, handed.version, handed.cause, handed.via_id, handed.told, handed.door, handed.at),
        *(handed.struck_at, handed.struck_by_id, handed.struck_why),
    )


def _invoices(new: Iterable[Sold]) -> Iterator[tuple[object, ...]]:
    """A purchase that is pending has none yet."""
    for sold in new:
        if sold.status == Status.PENDING:
            continue
        issued = sold.invoice
        facts, at = issued or (canonical(invoice_facts(sold)), sold.completed_at or sold.created_at)
        yield (sold.id, sold.customer.pk, sold.number, facts, at)
