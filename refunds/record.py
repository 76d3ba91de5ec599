"""Writes what is settled for good: refunds, credit notes, denials, charge-backs; each takes many at once."""

from collections.abc import Sequence

from ground import rows
from refunds.models import ChargeBack, CreditNote, Denial, Refund

REFUND = (
    *("purchase_id", "customer_id", "credits", "basis", "full", "facts", "decision", "requested_by_id"),
    *("door", "case_id", "at", "digest"),
)
NOTE = ("refund_id", "customer_id", "number", "facts", "issued_at")
DENIAL = ("purchase_id", "customer_id", "facts", "decision", "requested_by_id", "door", "at")
CHARGE_BACK = ("purchase_id", "by_id", "why", "at")


def write_refunds(refunds: Sequence[Refund]) -> None:
    rows.add(Refund, REFUND, refunds, lambda one: [getattr(one, name) for name in REFUND])


def write_notes(notes: Sequence[CreditNote]) -> None:
    rows.add(CreditNote, NOTE, notes, lambda one: (one.refund.pk, *(getattr(one, name) for name in NOTE[1:])))


def write_denials(denials: Sequence[Denial]) -> None:
    rows.add(Denial, DENIAL, denials, lambda one: [getattr(one, name) for name in DENIAL])


def write_charge_backs(charge_backs: Sequence[ChargeBack]) -> None:
    rows.add(ChargeBack, CHARGE_BACK, charge_backs, lambda one: [getattr(one, name) for name in CHARGE_BACK])
