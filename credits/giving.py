"""Credits that a lead gives: a confirmed act with a name, a kind, an expiry and a reason."""

from datetime import datetime

from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from credits import ledger
from credits.books import open_books
from credits.ledger import Lot
from credits.models import Kind
from ground.instants import stamp
from ground.receipts import Answer, Asking, idempotently
from ground.refusals import NotAllowed
from outbox import letters


def give_credits(
    *, asking: Asking[User], customer: User, credits: int, kind: str, expires_at: datetime | None, why: str
) -> Answer:
    """Gives once per key; the outcome is the new lot."""
    return idempotently(
        asking,
        lambda: give(
            customer=customer,
            credits=credits,
            kind=kind,
            expires_at=expires_at,
            why=why,
            by=asking.person,
            now=asking.now,
        ),
    )


def give(
    *,
    customer: User,
    credits: int,
    kind: str,
    expires_at: datetime | None,
    why: str,
    by: User,
    now: datetime,
) -> Lot:
    """Works in the caller's transaction. The reason is the line's memo: the customer reads it in the statement."""
    if not by.is_lead:
        raise NotAllowed(_("Only a lead gives credits. Nothing was given."))
    if by == customer:
        raise NotAllowed(_("Nobody gives credits to themselves: ask another lead. Nothing was given."))
    with open_books([customer.pk], now=now) as books:
        wallet = books.wallet(customer.pk)
        lot = ledger.grant(
            wallet,
            credits=credits,
            kind=kind,
            source="given by the store",
            expires_at=expires_at,
            memo=why,
            made_by=by.pk,
            at=now,
        )
    audit.record(by=by, act="give credits", subject=customer.email, why=f"{credits} {kind}: {why}", now=now)
    tell_of_arrival(customer=customer, lot=lot, why=why, balance=wallet.balance, now=now)
    return lot


def tell_of_arrival(*, customer: User, lot: Lot, why: str, balance: int, now: datetime) -> None:
    letters.queue(
        template="credits_arrived",
        to=customer,
        data={
            "credits": lot.issued,
            "kind_words": Kind(lot.kind).label.lower(),
            "expires_at": stamp(lot.expires_at),
            "why": why,
            "balance": balance,
        },
        now=now,
    )
