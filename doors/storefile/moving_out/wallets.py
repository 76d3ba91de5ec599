"""A customer's wallet in the order of its ledger: each group of entries becomes the line that it came from."""

import json
from collections.abc import Iterator
from itertools import groupby

from accounts.models import User
from credits.models import Entry, EntryKind
from doors.storefile.moving_out.cases import case_lines
from doors.storefile.moving_out.customers import Rows
from doors.storefile.moving_out.purchases import purchase_lines
from doors.storefile.moving_out.references import References, without_empty
from doors.storefile.moving_out.settled import afterwards, refund_line
from doors.storefile.reading import Line
from ground.instants import rfc3339
from ground.laws import given
from storefront.models import Purchase


class CannotBeTold(Exception):
    """A row that no line of a store file stands for."""


def customer_lines(person: int, rows: Rows, refs: References) -> Iterator[Line]:
    # A load gives ids in the order of the lines, so the next dump has to find this same order: the unpaid ones first.
    purchases = sorted(rows.purchases[person], key=lambda purchase: purchase.payment_id is not None)
    for purchase in purchases:
        if purchase.payment_id is None:
            yield from purchase_lines(purchase, rows, refs, paid={})
    entries = rows.entries[person]
    for (kind, payment), group in groupby(entries, key=lambda entry: (entry.kind, entry.payment_id)):
        yield from _group(kind, payment, list(group), rows, refs)
    for purchase in purchases:
        yield from afterwards(purchase, rows, refs)
    for case in rows.cases[person]:
        if not any(refund.case_id == case.pk for refund in rows.refunds.values()):
            yield from case_lines(case, refs)


def _group(
    kind: str, payment: int | None, entries: list[Entry], rows: Rows, refs: References
) -> Iterator[Line]:
    if kind == EntryKind.GRANT:
        for entry in entries:
            yield _arrival(entry, rows, refs)
    elif kind == EntryKind.EXPIRE:
        for entry in entries:
            yield {
                "type": "expiry",
                "grant": refs.lots[entry.lot_id],
                "credits": -entry.credits,
                "at": rfc3339(entry.at),
            }
    elif kind == EntryKind.SPEND:
        draws = [{"grant": refs.lots[entry.lot_id], "credits": -entry.credits} for entry in entries]
        purchase = _sold(payment, rows)
        payer = _memo_and_payer(entries[0], purchase)
        yield from purchase_lines(purchase, rows, refs, paid={"draws": draws, **payer})
    else:
        refund = rows.refunds[_sold(payment, rows).pk]
        if refund.case_id:
            case = next(case for case in rows.cases[refund.customer_id] if case.pk == refund.case_id)
            yield from case_lines(case, refs)
        restores = [_came_back(entry, rows, refs) for entry in entries]
        yield refund_line(refund, rows, refs, restores=restores)


def _sold(payment: int | None, rows: Rows) -> Purchase:
    purchase = rows.paid.get(payment) if payment else None
    if purchase is None:
        raise CannotBeTold(
            f"Payment {payment} is for no purchase, and a store file cannot say what it was for."
        )
    return purchase


def _memo_and_payer(entry: Entry, purchase: Purchase) -> Line:
    made_by = entry.made_by_id if entry.made_by_id != purchase.customer_id else None
    memo = entry.memo if entry.memo != purchase.title[:200] else ""
    return {**without_empty(memo=memo), **({"by": User.objects.get(pk=made_by).email} if made_by else {})}


def _arrival(entry: Entry, rows: Rows, refs: References) -> Line:
    lot, redemption = rows.lots[entry.lot_id], rows.redemptions.get(entry.lot_id)
    refs.lots[lot.pk] = ref = refs.new_ref("g")
    line: Line = {
        "ref": ref,
        "user": refs.email(entry.wallet_id),
        "credits": lot.issued,
        "kind": lot.kind,
        "at": rfc3339(lot.created_at),
        "expires_at": rfc3339(lot.expires_at),
    }
    if redemption is not None:
        return {"type": "redemption", **line, "code": redemption.code.code}
    origin = without_empty(
        source=lot.source,
        memo=entry.memo if entry.memo != lot.source else "",
        by=entry.made_by_id and refs.email(entry.made_by_id),
    )
    return {"type": "grant", **line, **origin}


def _came_back(entry: Entry, rows: Rows, refs: References) -> Line:
    """Into the lot that it was drawn from, or, when that had expired, into a new one."""
    lot = rows.lots[entry.lot_id]
    if lot.pk in refs.lots and not json.loads(entry.facts).get("lot"):
        return {"grant": refs.lots[lot.pk], "credits": entry.credits}
    refs.lots[lot.pk] = ref = refs.new_ref("g")
    drawn_from = rows.usage_by_id[
        given(lot.reborn_from_id, "what comes back as a new lot names its usage")
    ].lot_id
    return {
        "grant": refs.lots[drawn_from],
        "credits": entry.credits,
        "ref": ref,
        "expires_at": rfc3339(lot.expires_at),
    }
