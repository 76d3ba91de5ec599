"""The room's tables, in three files: what went back, what people decide, who looked an invoice up."""

from refunds.models.cases import Answer, Attachment, Case, CaseEvent, CaseItem, Grounds, State
from refunds.models.lookups import LookUp, VerifiedInvoice
from refunds.models.settled import Basis, ChargeBack, CreditNote, Denial, Refund

__all__ = [
    "Answer",
    "Attachment",
    "Basis",
    "Case",
    "CaseEvent",
    "CaseItem",
    "ChargeBack",
    "CreditNote",
    "Denial",
    "Grounds",
    "LookUp",
    "Refund",
    "State",
    "VerifiedInvoice",
]
