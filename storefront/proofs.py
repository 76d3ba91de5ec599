"""The storefront's laws for `check_ledger`: what was paid is what was bought, counters count rows, numbers have no hole."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from credits.proofs import Finding, Progress, Row, Side, stamped, stream
from storefront.models import Series

SOLD = {"completed", "refunded", "charged_back"}
PURCHASES = """
SELECT p.id, p.number, p.customer_id, p.credits_spent, p.title, p.status, p.items_count, p.downloaded_count,
    p.downloaded_price, {completed}, paid.wallet_id, paid.credits, i.number, i.customer_id, i.facts, {issued}
FROM storefront_purchase p
LEFT JOIN credits_payment paid ON paid.id = p.payment_id
LEFT JOIN storefront_invoice i ON i.purchase_id = p.id
ORDER BY p.id"""
ITEMS = """
SELECT i.purchase_id, i.id, i.customer_id, i.original_price, i.share, {first}, i.title, a.slug
FROM storefront_purchaseitem i JOIN storefront_asset a ON a.id = i.asset_id
ORDER BY i.purchase_id, i.position"""
COUNTED = """
SELECT purchase_id, item_id, min({at}) FROM storefront_download WHERE struck_at IS NULL
GROUP BY purchase_id, item_id ORDER BY purchase_id"""
ASTRAY = """
SELECT d.id, d.purchase_id FROM storefront_download d JOIN storefront_purchaseitem i ON i.id = d.item_id
WHERE d.purchase_id <> i.purchase_id OR d.customer_id <> i.customer_id OR d.asset_id <> i.asset_id ORDER BY d.id"""
FOR_NOTHING = """
SELECT paid.id, paid.wallet_id FROM credits_payment paid
LEFT JOIN storefront_purchase p ON p.payment_id = paid.id WHERE p.id IS NULL ORDER BY paid.id"""
# By prefix: how many numbers of a series stand for something, and the highest. Rooms above add theirs.
NUMBERED = {Series.INVOICE: "SELECT count(*), max(number) FROM storefront_purchase WHERE number LIKE %s"}


class Bought(NamedTuple):
    """A purchase with its payment and its invoice, as `PURCHASES` reads them."""

    pk: int
    number: str
    customer: int
    credits: int
    title: str
    status: str
    items_count: int
    downloaded_count: int
    downloaded_price: int
    completed: str | None
    payer: int | None
    paid: int | None
    invoice: str | None
    buyer: int | None
    facts: str | None
    issued: str | None


def purchases_hold(progress: Progress) -> Iterator[Finding]:
    items = Side(stream(ITEMS.format(first=stamped("i.first_downloaded_at"))))
    counted = Side(stream(COUNTED.format(at=stamped("at"))))
    dates = {"completed": stamped("p.completed_at"), "issued": stamped("i.issued_at")}
    for bought in map(Bought._make, stream(PURCHASES.format(**dates))):
        mine, downloads = list(items.take(bought.pk)), list(counted.take(bought.pk))
        yield from _one(bought, mine, downloads)
        progress.add("purchases", 1, counted=True)
    for side in (items, counted):
        if side.key is not None:
            yield Finding(
                "purchase_missing", f"purchase {side.key}", "There are rows of a purchase that is gone."
            )
    for download, purchase in stream(ASTRAY):
        yield Finding(
            "download_astray", f"download {download}", f"It is not of the item of purchase {purchase}."
        )
    for payment, wallet in stream(FOR_NOTHING):
        yield Finding(
            "payment_for_nothing", f"wallet {wallet}, payment {payment}", "No purchase was paid with it."
        )


def series_hold(progress: Progress) -> Iterator[Finding]:
    """Every number from the first to the last stands for something, but those that a load is known to have skipped."""
    for series in Series.objects.order_by("prefix", "code"):
        name = f"{series.prefix}{series.code}"
        count, highest = next(stream(NUMBERED[series.prefix], [f"{name}%"]))
        if count + series.skipped != series.last:
            missing = series.last - series.skipped - count
            yield Finding(
                "series_gap", f"series {name}", f"{missing} of its {series.last} numbers stand for nothing."
            )
        if highest is not None and int(highest[4:]) != series.last:
            yield Finding(
                "series_end", f"series {name}", f"It ends at {series.last}, its highest is {highest}."
            )
        progress.add("series", 1)


def _one(bought: Bought, items: list[Row], downloads: list[Row]) -> Iterator[Finding]:
    credits, paid = bought.credits, bought.paid or 0
    checks: list[tuple[bool, str, str]] = [
        (paid == credits, "purchase_paid", f"It cost {credits}, its payment took {paid}."),
        (bought.payer in {None, bought.customer}, "purchase_payer", "Somebody else's wallet paid for it."),
        (
            len(items) == bought.items_count,
            "items_count",
            f"It says {bought.items_count}, it has {len(items)}.",
        ),
        (sum(item[4] for item in items) == credits, "shares", "Its items' shares are not what was spent."),
        (
            all(item[2] == bought.customer for item in items),
            "item_owner",
            "One of its items is somebody else's.",
        ),
        *_counters(bought, items, downloads),
        (
            (bought.status in SOLD) == (bought.completed is not None),
            "purchase_status",
            f"It says {bought.status}, its completion not.",
        ),
        *_invoiced(bought, items),
    ]
    for holds, kind, sentence in checks:
        if not holds:
            yield Finding(kind, bought.number, sentence)


def _counters(bought: Bought, items: list[Row], downloads: list[Row]) -> Iterable[tuple[bool, str, str]]:
    count, price = bought.downloaded_count, bought.downloaded_price
    first = {item: at for _, item, at in downloads}
    prices = {item[1]: item[3] for item in items}
    worth = sum(prices.get(item, 0) for item in first)
    yield (
        len(first) == count,
        "downloaded_count",
        f"It counts {count} downloaded items, the log {len(first)}.",
    )
    yield (
        worth == price,
        "downloaded_price",
        f"It says {price} for what was downloaded, the log says {worth}.",
    )
    firsts = all(item[5] == first.get(item[1]) for item in items) and first.keys() <= prices.keys()
    yield firsts, "first_downloaded", "An item's first download is not the one in the log."


def _invoiced(bought: Bought, items: list[Row]) -> Iterable[tuple[bool, str, str]]:
    if bought.facts is None:
        yield bought.status not in SOLD, "invoice_missing", "It was sold without an invoice."
        return
    try:
        facts = json.loads(bought.facts)
        lines = [
            (line["asset"], line["title"], line["original_price"], line["share"]) for line in facts["items"]
        ]
        total, date = (facts["credits"], facts["title"]), facts["date"]
    except (ValueError, LookupError, TypeError) as error:
        yield False, "invoice_unreadable", f"Its invoice cannot be read: {error!r}."
        return
    yield (
        bought.invoice == facts.get("number") == bought.number,
        "invoice_number",
        "Its invoice bears another number.",
    )
    yield bought.buyer == bought.customer, "invoice_customer", "Its invoice is somebody else's."
    yield total == (bought.credits, bought.title), "invoice_total", "Its invoice says something else."
    of_its_time = bought.issued == date and bought.completed in {None, date}
    yield of_its_time, "invoice_date", "Its invoice is of another time."
    rows = [(slug, name, price, share) for _, _, _, price, share, _, name, slug in items]
    yield lines == rows, "invoice_items", "Its invoice lists other items."
