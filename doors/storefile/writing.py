"""Rows of purchases and of what hangs on them: held back for a while, because the lines that follow say more of them,
then written by the thousand; what is said even later changes them once, at the end."""

import base64
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from credits.copying import copy_rows
from credits.ledger import canonical
from doors.storefile.moments import moment
from doors.storefile.numbering import Numbering
from doors.storefile.rows import change_rows
from doors.storefile.sold import Handed, Sold
from refunds.models import ChargeBack
from storefront.documents import invoice_facts
from storefront.models import Document, Download, Invoice, Purchase, PurchaseItem, Status

HELD_BACK = 20_000
PURCHASE = (
    *(
        "id",
        "number",
        "customer_id",
        "asset_id",
        "bundle_id",
        "publisher_id",
        "title",
        "credits_spent",
        "created_at",
    ),
    *("terms_id", "payment_id", "items_count", "download_log", "allowed_duplicate"),
)
PURCHASE_MOVES = (
    *("status", "completed_at", "downloaded_count", "downloaded_price", "revoked_at"),
    *("asked_at", "asked_count", "asked_price"),
)
ITEM = (
    *(
        "id",
        "purchase_id",
        "position",
        "customer_id",
        "asset_id",
        "publisher_id",
        "title",
        "original_price",
        "share",
    ),
)
ITEM_MOVES = ("first_downloaded_at", "kept_share", "revoked_at")
DOWNLOAD = (
    *(
        "id",
        "item_id",
        "purchase_id",
        "customer_id",
        "asset_id",
        "file_id",
        "version",
        "cause",
        "via_id",
        "told",
    ),
    *("door", "at", "struck_at", "struck_by_id", "struck_why"),
)


class SoldRows:
    def __init__(self, *, numbering: Numbering, refuse: Callable[[int, str], Any]) -> None:
        self._numbering = numbering
        self._refuse = refuse
        self._new: list[Sold] = []
        self._handed: list[Handed] = []
        self._late: list[Handed] = []
        self._changed: dict[int, Sold] = {}
        self._charge_backs: list[tuple[Any, ...]] = []
        self._in_vain = False

    def add(self, sold: Sold) -> None:
        if len(self._new) >= HELD_BACK:
            self.write()
        self._new.append(sold)

    def hand(self, handed: Handed) -> None:
        if handed.sold.handed is not None:
            handed.sold.handed.append(handed)
            return
        self._late.append(handed)
        self.changed(handed.sold)
        if len(self._late) >= HELD_BACK:
            self.write_late()

    def changed(self, sold: Sold) -> None:
        if sold.stored:
            self._changed[sold.pk] = sold

    def charge_back(self, sold: Sold, *, at: datetime, why: str, by: int | None) -> None:
        sold.status, sold.revoked_at = Status.CHARGED_BACK, sold.revoked_at or at
        self._charge_backs.append((sold.pk, by, why, at))
        self.changed(sold)

    def write(self) -> None:
        """What was held back so far. Foreign keys are checked at the commit, so lots and payments may follow."""
        new, self._new = self._new, []
        taken = self._numbering.taken({sold.number: sold.line for sold in new})
        for line, reason in taken:
            self._refuse(line, reason)
        # The database would refuse these rows, and with them every later look at it.
        self._in_vain = self._in_vain or bool(taken)
        if not self._in_vain:
            self._write(new)
        for sold in new:
            sold.handed = None
            sold.document = None

    def _write(self, new: list[Sold]) -> None:
        copy_rows(Purchase, (*PURCHASE, *PURCHASE_MOVES), ((*_fixed(sold), *_moving(sold)) for sold in new))
        copy_rows(
            PurchaseItem,
            (*ITEM, *ITEM_MOVES),
            (
                (*fixed, *moving)
                for sold in new
                for fixed, (_, *moving) in zip(_items(sold), _items_moving(sold), strict=True)
            ),
        )
        copy_rows(Download, DOWNLOAD, (_download(each) for sold in new for each in sold.handed or ()))
        copy_rows(Invoice, ("purchase_id", "customer_id", "number", "facts", "issued_at"), _invoices(new))
        copy_rows(Document, ("number", "pdf", "rendered_at"), _documents(new))

    def finish(self) -> None:
        self.write()
        self.write_late()
        copy_rows(ChargeBack, ("purchase_id", "by_id", "why", "at"), self._charge_backs)
        changed = self._changed.values()
        if changed:
            change_rows(Purchase, PURCHASE_MOVES, ((sold.pk, *_moving(sold)) for sold in changed))
            change_rows(PurchaseItem, ITEM_MOVES, (row for sold in changed for row in _items_moving(sold)))
        self._changed, self._charge_backs = {}, []

    def write_late(self) -> None:
        copy_rows(Download, DOWNLOAD, map(_download, self._late))
        self._late = []


def _fixed(sold: Sold) -> tuple[Any, ...]:
    of_bundle = sold.is_bundle
    return (
        *(sold.pk, sold.number, sold.customer.pk),
        *(None if of_bundle else sold.thing.pk, sold.thing.pk if of_bundle else None),
        *(sold.publisher.pk, sold.title, sold.credits_spent, sold.created_at, sold.terms.pk),
        *(
            sold.payment.pk if sold.payment else None,
            len(sold.parts),
            sold.download_log,
            sold.allowed_duplicate,
        ),
    )


def _moving(sold: Sold) -> tuple[Any, ...]:
    asked = sold.asked
    return (
        *(str(sold.status), sold.completed_at, len(sold.firsts), sold.downloaded_price, sold.revoked_at),
        *((asked.at, asked.count, asked.price) if asked else (None, 0, 0)),
    )


def _items(sold: Sold) -> Iterator[tuple[Any, ...]]:
    for place, (pk, part) in enumerate(zip(sold.item_ids, sold.parts, strict=True)):
        yield (
            *(pk, sold.pk, place, sold.customer.pk, part.asset.pk, part.publisher.pk, part.title),
            *(part.original_price, part.share),
        )


def _items_moving(sold: Sold) -> Iterator[tuple[Any, ...]]:
    settled = sold.settled
    for place, pk in enumerate(sold.item_ids):
        lost = settled is not None and settled.kept and place not in settled.kept
        yield (
            *(pk, sold.firsts.get(place), settled.kept_shares[place] if settled else None),
            settled.at if lost else None,  # type: ignore[union-attr] # lost implies settled
        )


def _download(handed: Handed) -> tuple[Any, ...]:
    sold = handed.sold
    return (
        *(
            handed.pk,
            sold.item_ids[handed.place],
            sold.pk,
            sold.customer.pk,
            sold.parts[handed.place].asset.pk,
        ),
        *(
            handed.file,
            handed.version,
            handed.cause,
            handed.via.pk if handed.via else None,
            handed.told,
            handed.door,
        ),
        *(handed.at, handed.struck_at, handed.struck_by, handed.struck_why),
    )


def _invoices(new: list[Sold]) -> Iterator[tuple[Any, ...]]:
    for sold in new:
        if sold.status == Status.PENDING:
            continue
        document = sold.document
        # The writer of invoices reads attributes, and these have the same names.
        facts = document["facts"] if document else invoice_facts(sold, sold.parts)  # type: ignore[arg-type]
        issued_at = moment(document["issued_at"]) if document else sold.completed_at or sold.created_at
        yield (sold.pk, sold.customer.pk, sold.number, canonical(facts), issued_at)


def _documents(new: list[Sold]) -> Iterator[tuple[Any, ...]]:
    for sold in new:
        if sold.document and "pdf" in sold.document:
            yield document_row(sold.number, sold.document)


def document_row(number: str, document: dict[str, Any]) -> tuple[Any, ...]:
    """The bytes as they were rendered once: the same number is the same bytes, wherever the store moves."""
    rendered_at = moment(document.get("rendered_at") or document["issued_at"])
    return (number, base64.b64decode(document["pdf"]), rendered_at)
