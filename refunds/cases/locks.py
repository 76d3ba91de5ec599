"""How a case is changed: under its purchase's lock, and read again after the lock was had.

A case without a purchase is changed under its customer's wallet. Whoever goes on to move credits takes both, the
wallet first.
"""

from datetime import datetime

from django.db import connection

from credits.books import Books, open_books
from ground.laws import law
from refunds.cases import clocks
from refunds.enums import State
from refunds.models import Case
from storefront.models import Purchase

SHOWN_WITH = (
    "purchase",
    "purchase__terms",
    "customer",
    "publisher",
    "assigned_to",
    "proposed_by",
)


def lock_case(case: Case, *, now: datetime, wallet: bool = False) -> tuple[Case, Books | None]:
    """The case as it is now that nobody else can change it. A statement that waited for the lock would still see what
    was there before, so the case is read in the next one."""
    law(connection.in_atomic_block, "a case is changed inside a transaction")
    books = None
    if wallet or case.purchase_id is None:
        books = open_books([case.customer_id], now=now)
    if case.purchase_id is not None:
        Purchase.objects.lock(case.purchase_id)
    return Case.objects.select_related(*SHOWN_WITH).get(pk=case.pk), books


def state_words(case: Case) -> str:
    words = str(State(case.state).label)
    return words[0].lower() + words[1:]


def move(case: Case, state: str, *, now: datetime) -> None:
    """Into another state, which says how long it may last. An end has no deadline."""
    case.state, case.state_since, case.deadline = state, now, clocks.deadline(state, now)
    case.closed_at = None if case.is_open else now
    case.save()
