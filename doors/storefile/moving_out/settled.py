"""Refunds, denials and charge-backs, with their evidence in words that hold in any store."""

import json
from collections.abc import Iterator

from doors.storefile.moving_out.cases import case_lines, number_of
from doors.storefile.moving_out.customers import Rows
from doors.storefile.moving_out.purchases import document
from doors.storefile.moving_out.references import References, without_empty
from doors.storefile.reading import Line
from ground.instants import rfc3339
from refunds.models import Denial, Refund
from storefront.models import Purchase


def refund_line(refund: Refund, rows: Rows, refs: References, *, restores: list[Line]) -> Line:
    note = refund.credit_note
    items = rows.items[refund.purchase_id]
    purchase = next(each for each in rows.purchases[refund.customer_id] if each.pk == refund.purchase_id)
    # A refund that left nothing revoked the whole purchase at its own instant. A later charge-back does so at another,
    # and then the items tell what the refund had left.
    all_revoked = purchase.revoked_at is not None and purchase.revoked_at == refund.at
    kept = [] if all_revoked else [refs.assets[item.asset_id] for item in items if item.revoked_at is None]
    return {
        "type": "refund",
        "purchase": refs.purchases[refund.purchase_id],
        "credits": refund.credits,
        "basis": refund.basis,
        "at": rfc3339(refund.at),
        **({"restores": restores} if restores else {}),
        "kept": kept,
        "credit_note": note.number,
        "document": document(note.number, note.facts, rfc3339(note.issued_at), rows),
        "requested_by": refs.email(refund.requested_by_id),
        "door": refund.door,
        **({"case": number_of(refund.case_id)} if refund.case_id else {}),
        **_evidence(refund, refs),
    }


def afterwards(purchase: Purchase, rows: Rows, refs: References) -> Iterator[Line]:
    """What moved no credits has no entry in the ledger, so its lines stand below the wallet's."""
    for denial in rows.denials[purchase.pk]:
        yield {
            "type": "denial",
            "purchase": refs.purchases[purchase.pk],
            "by": refs.email(denial.requested_by_id),
            "at": rfc3339(denial.at),
            "door": denial.door,
            **_evidence(denial, refs),
        }
    refund = rows.refunds.get(purchase.pk)
    if refund is not None and refund.credits == 0:
        if refund.case_id:
            case = next(case for case in rows.cases[refund.customer_id] if case.pk == refund.case_id)
            yield from case_lines(case, refs)
        yield refund_line(refund, rows, refs, restores=[])
    charge_back = rows.charge_backs.get(purchase.pk)
    if charge_back is not None:
        yield {
            "type": "charge_back",
            "purchase": refs.purchases[purchase.pk],
            "at": rfc3339(charge_back.at),
            "why": charge_back.why,
            **without_empty(by=charge_back.by_id and refs.email(charge_back.by_id)),
        }


def _evidence(row: Refund | Denial, refs: References) -> Line:
    facts, decision = json.loads(row.facts), json.loads(row.decision)
    for key in ("owner", "requester"):
        if facts[key] is not None:
            facts[key] = refs.email(facts[key])
    for part in decision["restores"]:
        part["lot"] = refs.lots[part["lot"]]
    return {"facts": facts, "decision": decision}
