"""The one payer. Nothing else in the project gives credits back for a purchase: whoever decides, and however many are
decided at once, it is done here."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from credits import ledger
from credits.books import Books
from credits.chain import canonical
from credits.ledger import Restoration, Wallet, whole
from ground.instants import stamp
from ground.laws import law
from outbox.acts import queue_acts
from refunds.closing import Closing, close_open_cases
from refunds.credit_notes import note_of
from refunds.models import Refund
from refunds.policy import Decision, Facts
from refunds.record import write_notes, write_refunds
from refunds.serial import decision_to_json, facts_to_json
from refunds.shares import Stake, kept_shares
from storefront.models import Series
from storefront.numbers import take_numbers
from storefront.record import write_moves
from storefront.sold import COMPLETED, REFUNDED, Sold


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What was decided of one purchase: how many credits go back, on which basis, which assets (by slug) the customer
    goes on having, and into which lots the credits go."""

    sold: Sold
    facts: Facts
    decision: Decision
    credits: int
    basis: str
    keep: frozenset[str]
    plan: Sequence[Restoration]
    requested_by: int
    door: str
    case: int | None = None
    # Facts and decision as they were stored where this was settled before; else they are spelled here.
    told: tuple[str, str] | None = None

    @property
    def full(self) -> bool:
        return not self.keep and not any(item.downloaded for item in self.facts.items)


def settle(settlements: Sequence[Settlement], *, books: Books, now: datetime) -> list[Refund]:
    """All of these refunds, or none: the caller's transaction holds the locks of the wallets and of the purchases, and
    the facts were gathered after both were had. The number of statements does not depend on how many there are."""
    law(connection.in_atomic_block, "a refund is settled inside a transaction")
    refunds = [book(each, books.wallet(each.sold.customer.pk), now=now) for each in settlements]
    books.close()
    write_refunds(refunds)
    write_moves([each.sold for each in settlements])
    closings = [
        Closing(refund.purchase_id, refund.requested_by_id, refund.door, refund.credits)
        for refund in refunds
        if refund.case_id is None
    ]
    close_open_cases(closings, act="refunded", now=now)
    queue_acts("refund", [refund.pk for refund in refunds], now=now)
    # The series comes last: everybody who refunds waits for that row.
    numbers = take_numbers(Series.CREDIT_NOTE, len(refunds))
    notes = [
        note_of(refund, each.sold, number=number)
        for refund, each, number in zip(refunds, settlements, numbers, strict=True)
    ]
    write_notes(notes)
    for refund, note in zip(refunds, notes, strict=True):
        refund.credit_note, refund.balance = note, books.wallet(refund.customer_id).balance
    return refunds


def book(settlement: Settlement, wallet: Wallet, *, now: datetime) -> Refund:
    """One refund, in the plain values of its wallet and its purchase; nothing is written here."""
    sold, credits = settlement.sold, settlement.credits
    whole(credits)
    law(sold.status == COMPLETED, "only a completed purchase is refunded, and only once")
    law(credits <= sold.credits_spent, "never more than was spent")
    law(sum(part.credits for part in settlement.plan) == credits, "the plan gives back what was decided")
    facts, decision = settlement.told or (
        canonical(facts_to_json(settlement.facts)),
        canonical(decision_to_json(settlement.decision)),
    )
    refund = Refund(
        purchase_id=sold.pk,
        customer_id=sold.customer.pk,
        credits=credits,
        basis=settlement.basis,
        full=settlement.full,
        facts=facts,
        decision=decision,
        requested_by_id=settlement.requested_by,
        door=settlement.door,
        case_id=settlement.case,
        at=now,
    )
    refund.digest = refund_digest(refund, sold.number)
    if credits:
        ledger.restore(
            wallet,
            settlement.plan,
            evidence=refund.digest,
            memo=f"Refund of {sold.title}",  # English: stored
            made_by=settlement.requested_by,
            at=now,
        )
    _end(settlement, now)
    return refund


def refund_digest(refund: Refund, invoice: str) -> str:
    """The fingerprint that the ledger's entries carry: of every column, so that none can change unseen."""
    columns = {
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
    return hashlib.sha256(canonical(columns).encode()).hexdigest()


def _end(settlement: Settlement, now: datetime) -> None:
    """What the customer goes on having, and who bears it. When all is revoked the purchase carries it, not each item."""
    sold, keep = settlement.sold, settlement.keep
    sold.status = REFUNDED
    sold.revoked_at = None if keep else now
    if keep:
        sold.lost = {place: now for place, part in enumerate(sold.parts) if part.slug not in keep}
    sold.kept_shares = kept_shares(
        [Stake(part.share, part.original_price, part.slug in keep) for part in sold.parts],
        credits_back=settlement.credits,
        basis=settlement.basis,
        full=settlement.full,
    )
