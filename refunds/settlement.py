"""The one payer. Nothing else in the project gives credits back for a purchase: whoever decides, it is done here."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import User
from credits import services as credits
from credits.ledger import stamp
from credits.models import Wallet
from credits.services import Restoration, whole
from refunds.closing import close_open_case
from refunds.credit_notes import issue_credit_note
from refunds.facts import Gathered
from refunds.letters import queue_refund_letters
from refunds.models import Case, Refund
from refunds.policy import Decision
from refunds.serial import canonical, decision_to_json, facts_to_json
from refunds.shares import Stake, kept_shares
from storefront.models import Purchase, PurchaseItem, Status

# How things stood when somebody last asked: saved together with what came of it.
ASKED = ("asked_at", "asked_count", "asked_price")


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What was decided: how many credits, on which basis, and which assets (by slug) the customer goes on having.

    `plan` says into which lots, when that was planned under the locks that are held now.
    """

    credits: int
    basis: str
    keep: frozenset[str]
    plan: list[Restoration] | None = None


def _settle(
    *,
    wallet: Wallet,
    gathered: Gathered,
    decision: Decision,
    settlement: Settlement,
    requested_by: User,
    door: str,
    now: datetime,
    case: Case | None = None,
) -> Refund:
    """All of a refund, or nothing: the caller's transaction holds the wallet's and the purchase's lock, and the facts
    were gathered after both were had."""
    assert connection.in_atomic_block, "a refund is settled inside a transaction"
    assert wallet.is_locked, "a refund is settled under its locks"
    purchase, items = gathered.purchase, gathered.items
    whole(settlement.credits)
    assert purchase.status == Status.COMPLETED, "only a completed purchase is refunded, and only once"
    assert settlement.credits <= purchase.credits_spent, "never more than was spent"
    full = not settlement.keep and not any(item.downloaded for item in gathered.facts.items)
    refund = _record(
        gathered, decision, settlement, full=full, requested_by=requested_by, door=door, case=case, now=now
    )
    if settlement.credits:
        assert purchase.payment is not None, "credits were spent, so there is a payment"
        credits.restore(
            wallet=wallet,
            payment=purchase.payment,
            credits=settlement.credits,
            plan=settlement.plan,
            evidence=refund.digest,
            memo=f"Refund of {purchase.title}",
            made_by=requested_by,
            now=now,
        )
    purchase.status = Status.REFUNDED
    purchase.revoked_at = None if settlement.keep else now
    purchase.save(update_fields=["status", "revoked_at", *ASKED])
    _settle_items(items, settlement, full=full, now=now)
    if case is None:
        close_open_case(
            purchase=purchase, by=requested_by, door=door, act="refunded", credits=settlement.credits, now=now
        )
    note = issue_credit_note(refund, purchase, items, now=now)
    queue_refund_letters(refund, note, purchase, items, now=now)
    return refund


def refund_digest(refund: Refund, invoice: str) -> str:
    """The fingerprint that the ledger's entries carry: of every column, so that none can change unseen."""
    told = {
        "invoice": invoice,
        "customer": refund.customer_id,
        "credits": refund.credits,
        "basis": refund.basis,
        "full": refund.full,
        "facts": refund.facts,
        "decision": refund.decision,
        "requested_by": refund.requested_by_id,
        "door": refund.door,
        "case": refund.case_id,
        "at": stamp(refund.at),
    }
    return hashlib.sha256(canonical(told).encode()).hexdigest()


def _record(
    gathered: Gathered,
    decision: Decision,
    settlement: Settlement,
    *,
    full: bool,
    requested_by: User,
    door: str,
    case: Case | None,
    now: datetime,
) -> Refund:
    purchase = gathered.purchase
    refund = Refund(
        purchase=purchase,
        customer_id=purchase.customer_id,
        credits=settlement.credits,
        basis=settlement.basis,
        full=full,
        facts=canonical(facts_to_json(gathered.facts)),
        decision=canonical(decision_to_json(decision)),
        requested_by=requested_by,
        door=door,
        case=case,
        at=now,
    )
    refund.digest = refund_digest(refund, purchase.number)
    refund.save(force_insert=True)
    return refund


def _settle_items(items: list[PurchaseItem], settlement: Settlement, *, full: bool, now: datetime) -> None:
    """Who bears it, and what the customer goes on having. When all is revoked the purchase carries it, not each item."""
    kept = kept_shares(
        [Stake(item.share, item.original_price, item.asset.slug in settlement.keep) for item in items],
        credits_back=settlement.credits,
        basis=settlement.basis,
        full=full,
    )
    for item, share in zip(items, kept, strict=True):
        item.kept_share = share
        if settlement.keep and item.asset.slug not in settlement.keep:
            item.revoked_at = now
    if full and not any(kept):
        PurchaseItem.objects.filter(purchase_id=items[0].purchase_id).update(kept_share=0)
    else:
        PurchaseItem.objects.bulk_update(items, ["kept_share", "revoked_at"])


def lost_and_kept(
    purchase: Purchase, items: list[PurchaseItem]
) -> tuple[list[PurchaseItem], list[PurchaseItem]]:
    """The items whose licences ended with the refund, and those that the customer keeps."""
    lost = [item for item in items if purchase.revoked_at or item.revoked_at]
    return lost, [item for item in items if item not in lost]
