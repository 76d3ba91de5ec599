"""How a case is changed: under its purchase's lock, read again after the lock was had, one step of the time line each.

A case without a purchase is changed under its customer's wallet. Whoever goes on to move credits takes both, the
wallet first.
"""

from datetime import datetime

from django.db import connection

from accounts.models import Publisher, User
from credits.books import Books, open_books
from ground.laws import law
from refunds.cases import clocks
from refunds.cases.refusals import CaseClosed
from refunds.models import Case, CaseEvent, State
from refunds.models.cases import Side
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


def lock_open_case(case: Case, *, now: datetime, wallet: bool = False) -> tuple[Case, Books | None]:
    fresh, books = lock_case(case, now=now, wallet=wallet)
    if not fresh.is_open:
        raise CaseClosed(state=state_words(fresh))
    return fresh, books


def state_words(case: Case) -> str:
    from refunds.wording import STATES

    words = STATES[case.state]
    return words[0].lower() + words[1:]


def move(case: Case, state: str, *, now: datetime, deadline: datetime | None = None) -> None:
    """Into another state. An end has no deadline; support's is counted in working days."""
    if state in {State.WAITING_FOR_SUPPORT, State.WAITING_FOR_SECOND_AGENT}:
        deadline = clocks.support_deadline(now)
    case.state, case.state_since, case.deadline = state, now, deadline
    case.closed_at = None if case.is_open else now
    case.save()


def tell(
    case: Case,
    act: str,
    *,
    side: str,
    door: str,
    now: datetime,
    by: User | None = None,
    publisher: Publisher | None = None,
    note: str = "",
    private_note: str = "",
    credits_moved: int | None = None,
) -> CaseEvent:
    """One step of the time line."""
    return CaseEvent.objects.create(
        case=case,
        at=now,
        side=side,
        by=by,
        publisher=publisher,
        door=door,
        act=act,
        note=note,
        private_note=private_note,
        credits=credits_moved,
    )


def tell_by_clock(
    case: Case, act: str, *, now: datetime, note: str = "", publisher: Publisher | None = None
) -> None:
    tell(case, act, side=Side.STORE, door="clock", now=now, note=note, publisher=publisher)
