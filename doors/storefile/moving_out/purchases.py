"""A purchase with its items, its invoice, its downloads and their strikes."""

import base64
import json
from collections.abc import Iterator

from doors.storefile.moments import written
from doors.storefile.moving_out.called import Called, Line, some
from doors.storefile.moving_out.customers import Rows
from storefront.models import Cause, Download, Purchase, Status

BEFORE_IT_SETTLED = {Status.REFUNDED, Status.CHARGED_BACK}


def purchase_lines(
    purchase: Purchase, rows: Rows, called: Called, *, draws: list[Line], more: Line | None = None
) -> Iterator[Line]:
    called.purchases[purchase.pk] = ref = called.new_ref("p")
    yield {**_purchase(purchase, ref, rows, called), **({"draws": draws} if draws else {}), **(more or {})}
    for download in rows.downloads[purchase.pk]:
        yield from _download(download, ref, called)


def document(number: str, facts: str, issued_at: str, rows: Rows) -> Line:
    """What the document says, and the bytes if somebody has asked for them yet."""
    told: Line = {"facts": json.loads(facts), "issued_at": issued_at}
    rendered = rows.document(number)
    if rendered is not None:
        told["pdf"] = base64.b64encode(rendered.pdf).decode()
        told["rendered_at"] = written(rendered.rendered_at)
    return told


def _purchase(purchase: Purchase, ref: str, rows: Rows, called: Called) -> Line:
    status = Status.COMPLETED if purchase.status in BEFORE_IT_SETTLED else purchase.status
    invoice = rows.invoices.get(purchase.pk)
    later = purchase.completed_at is not None and purchase.completed_at != purchase.created_at
    asked = {"at": written(purchase.asked_at), "count": purchase.asked_count, "price": purchase.asked_price}
    thing = (
        {"bundle": called.bundles[purchase.bundle_id]}
        if purchase.bundle_id
        else {"asset": called.assets[purchase.asset_id]}
    )
    return {
        "type": "purchase",
        "ref": ref,
        "user": called.email(purchase.customer_id),
        **thing,
        "title": purchase.title,
        "publisher": called.publishers[purchase.publisher_id],
        "credits": purchase.credits_spent,
        "at": written(purchase.created_at),
        **({"completed_at": written(purchase.completed_at)} if later else {}),
        "status": str(status),
        "invoice": purchase.number,
        "items": [
            {
                "asset": called.assets[item.asset_id],
                "original_price": item.original_price,
                "title": item.title,
                "publisher": called.publishers[item.publisher_id],
                "share": item.share,
            }
            for item in rows.items[purchase.pk]
        ],
        **({} if purchase.download_log else {"download_log": False}),
        **some(allow_duplicate=purchase.allowed_duplicate),
        **({"asked": asked} if purchase.asked_at else {}),
        **(
            {"document": document(invoice.number, invoice.facts, written(invoice.issued_at), rows)}
            if invoice
            else {}
        ),
    }


def _download(download: Download, purchase: str, called: Called) -> Iterator[Line]:
    ref = {"ref": called.new_ref("d")} if download.struck_at else {}
    yield {
        "type": "download",
        "purchase": purchase,
        **ref,
        "asset": called.assets[download.asset_id],
        "at": written(download.at),
        "cause": download.cause,
        **({"via": called.assets[download.via_id]} if download.cause == Cause.DEPENDENCY else {}),
        **(called.file(download.file_id) if download.file_id else {"version": download.version}),
        **some(told=download.told),
        "door": download.door,
    }
    if download.struck_at:
        yield {
            "type": "strike",
            "download": ref["ref"],
            "by": called.email(download.struck_by_id),
            "why": download.struck_why,
            "at": written(download.struck_at),
        }
