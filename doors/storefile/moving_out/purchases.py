"""A purchase with its items, its invoice, its downloads and their strikes."""

import base64
import json
from collections.abc import Iterator

from doors.storefile.moving_out.customers import Rows
from doors.storefile.moving_out.references import References, without_empty
from doors.storefile.reading import Line
from ground.instants import rfc3339
from ground.laws import given
from storefront.models import Download, Purchase, Status

BEFORE_IT_SETTLED = {Status.REFUNDED, Status.CHARGED_BACK}


def purchase_lines(purchase: Purchase, rows: Rows, refs: References, *, paid: Line) -> Iterator[Line]:
    refs.purchases[purchase.pk] = ref = refs.new_ref("p")
    yield {**_purchase(purchase, ref, rows, refs), **paid}
    for download in rows.downloads[purchase.pk]:
        yield from _download(download, ref, refs)


def document(number: str, facts: str, issued_at: str, rows: Rows) -> Line:
    """What the document says, and the bytes if somebody has asked for them yet."""
    line: Line = {"facts": json.loads(facts), "issued_at": issued_at}
    rendered = rows.document(number)
    if rendered is not None:
        line["pdf"] = base64.b64encode(rendered.pdf).decode()
        line["rendered_at"] = rfc3339(rendered.rendered_at)
    return line


def _purchase(purchase: Purchase, ref: str, rows: Rows, refs: References) -> Line:
    status = Status.COMPLETED if purchase.status in BEFORE_IT_SETTLED else purchase.status
    invoice = rows.invoices.get(purchase.pk)
    later = purchase.completed_at is not None and purchase.completed_at != purchase.created_at
    asked = {
        "at": rfc3339(purchase.asked_at),
        "count": purchase.asked_count,
        "price": purchase.asked_price,
    }
    return {
        "type": "purchase",
        "ref": ref,
        "user": refs.email(purchase.customer_id),
        **_thing(purchase, refs),
        "title": purchase.title,
        "publisher": refs.publishers[purchase.publisher_id],
        "credits": purchase.credits_spent,
        "at": rfc3339(purchase.created_at),
        **({"completed_at": rfc3339(purchase.completed_at)} if later else {}),
        **refs.terms(purchase.terms_id, purchase.completed_at or purchase.created_at),
        "status": str(status),
        "invoice": purchase.number,
        "items": [
            {
                "asset": refs.assets[item.asset_id],
                "original_price": item.original_price,
                "title": item.title,
                "publisher": refs.publishers[item.publisher_id],
                "share": item.share,
            }
            for item in rows.items[purchase.pk]
        ],
        **({} if purchase.download_log else {"download_log": False}),
        **without_empty(allow_duplicate=purchase.allowed_duplicate),
        **({"asked": asked} if purchase.asked_at else {}),
        **(
            {"document": document(invoice.number, invoice.facts, rfc3339(invoice.issued_at), rows)}
            if invoice
            else {}
        ),
    }


def _thing(purchase: Purchase, refs: References) -> Line:
    if purchase.bundle_id:
        return {"bundle": refs.bundles[purchase.bundle_id]}
    asset = given(purchase.asset_id, "a purchase is of an asset or of a bundle")
    return {"asset": refs.assets[asset]}


def _download(download: Download, purchase: str, refs: References) -> Iterator[Line]:
    ref = {"ref": refs.new_ref("d")} if download.struck_at else {}
    yield {
        "type": "download",
        "purchase": purchase,
        **ref,
        "asset": refs.assets[download.asset_id],
        "at": rfc3339(download.at),
        "cause": download.cause,
        **({"via": refs.assets[download.via_id]} if download.via_id else {}),
        **(refs.file(download.file_id) if download.file_id else {"version": download.version}),
        **without_empty(told=download.told),
        "door": download.door,
    }
    if download.struck_at:
        yield {
            "type": "strike",
            "download": ref["ref"],
            "by": refs.email(given(download.struck_by_id, "a strike is somebody's")),
            "why": download.struck_why,
            "at": rfc3339(download.struck_at),
        }
