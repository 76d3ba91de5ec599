"""A refund from the question to the answer. Facts are gathered, one function judges, one function settles; page,
desk, portal and API all come in here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from credits.books import Books, open_books, read_payments
from credits.chain import canonical
from credits.ledger import Payment, Restoration, plan_restoration
from ground.laws import law
from ground.receipts import Answer, Asking, idempotently
from ground.refusals import NotAllowed
from ground.transactions import in_transaction
from refunds.closing import Closing, close_open_cases
from refunds.facts import Gathered, gather
from refunds.figures import count_quote
from refunds.models import Basis, ChargeBack, Denial, Refund
from refunds.policy import Decision, Facts, Fate, Restore, decide
from refunds.record import write_charge_backs, write_denials
from refunds.refusals import ChargeBackRefused, NotYours, QuoteChanged
from refunds.serial import decision_to_json, facts_to_json
from refunds.settlement import Settlement, settle
from storefront import sold
from storefront.models import Purchase, Status
from storefront.record import read_sold, write_moves
from storefront.sold import Asked, Sold


@dataclass(frozen=True)
class Quote:
    """A decision, shown before anybody confirms, with what booking it would need."""

    gathered: Gathered
    decision: Decision
    plan: Sequence[Restoration]

    @property
    def facts(self) -> Facts:
        return self.gathered.facts


def quote(*, purchase: Purchase, requester: User, now: datetime) -> Quote:
    """What a refund would be at this instant, for somebody who is shown it: it is counted, and nothing is written."""
    judged = _judge(gather(purchase, requester), now)
    count_quote(judged.decision)
    return judged


def opinion(*, purchase: Purchase, now: datetime) -> Quote:
    """What the policy says to the buyer, for people who decide: today's facts, judged at the instant given. For a case
    that is the instant of its opening, so that nobody loses a window while people work."""
    return _judge(gather(purchase, purchase.customer), now)


def quote_as_of(*, purchase: Purchase, at: datetime) -> Quote:
    """What the buyer would have been shown at an instant of the past: with the facts of then."""
    gathered = gather(purchase, purchase.customer, as_of=at)
    decision = decide(gathered.facts, terms=gathered.terms, now=at)
    payments = payments_of({purchase.payment_id} if decision.credits and purchase.payment_id else (), None)
    for usage in (usage for payment in payments.values() for usage in payment.usages):
        usage.restored = 0  # What came back since had not come back then.
    return _planned(gathered, decision, payments, at)


def request_refund(
    *,
    asking: Asking,
    purchase: Purchase,
    expected_credits: int,
    agreed_to_nothing: bool = True,
    requester: User | None = None,
) -> Answer:
    """Refunds, or denies for stated reasons; the outcome is the Refund or the Denial, and the same for the same key.

    `requester` is whom another shop asks for; otherwise it is whoever asks. `agreed_to_nothing` is a customer's tick for
    a refund of 0 credits; a program agrees by expecting 0.
    """
    return idempotently(
        asking,
        lambda: refund_within(
            purchase=purchase,
            requester=requester or asking.person,
            requested_by=asking.person,
            expected_credits=expected_credits,
            agreed_to_nothing=agreed_to_nothing,
            door=asking.door,
            now=asking.now,
        ),
    )


def refund_within(
    *,
    purchase: Purchase,
    requester: User,
    requested_by: User,
    expected_credits: int,
    agreed_to_nothing: bool = True,
    door: str,
    now: datetime,
) -> Refund | Denial:
    """Lock, look, act. The facts are read again in statements that start after the locks were had: one that waited
    for a lock would still see what was there before."""
    law(connection.in_atomic_block, "a refund happens inside a transaction")
    if requester.pk != purchase.customer_id:
        raise NotYours
    books = open_books([requester.pk], now=now)
    judged = _judge(gather(Purchase.objects.lock(purchase.pk), requester), now, books)
    credits = judged.decision.credits
    confirmed = credits == expected_credits and (credits > 0 or agreed_to_nothing)
    if judged.decision.eligible and not confirmed:
        raise QuoteChanged(credits=credits, quote=judged)
    _remember_asking(judged.gathered.sold, now)
    if not judged.decision.eligible:
        write_moves([judged.gathered.sold], places=lambda _: ())
        return _deny(judged, requested_by=requested_by, door=door, now=now)
    settlement = by_policy(judged, requested_by=requested_by, door=door)
    return settle([settlement], books=books, now=now)[0]


def by_policy(judged: Quote, *, requested_by: User, door: str) -> Settlement:
    """What the policy gives, as it gives it."""
    decision = judged.decision
    return Settlement(
        sold=judged.gathered.sold,
        facts=judged.facts,
        decision=decision,
        credits=decision.credits,
        basis=Basis.POLICY,
        keep=frozenset(item.asset for item in decision.items if item.after_refund == Fate.KEPT),
        plan=judged.plan,
        requested_by=requested_by.pk,
        door=door,
    )


def charge_back(*, purchase: Purchase, by: User | None, why: str, now: datetime) -> ChargeBack:
    """By a lead, and never of their own purchase; by nobody where a store moves in with one."""
    if by is not None and (by.pk == purchase.customer_id or not by.has_perm("storefront.charge_back")):
        raise NotAllowed(
            _("Only a lead records a charge-back, and not of their own purchase. Nothing was changed.")
        )
    return in_transaction(lambda: charge_back_within(purchase=purchase, by=by, why=why, now=now))


def charge_back_within(*, purchase: Purchase, by: User | None, why: str, now: datetime) -> ChargeBack:
    """No credits move; all items are revoked, and an earlier refund stays on record."""
    law(connection.in_atomic_block, "a charge-back happens inside a transaction")
    locked = Purchase.objects.lock(purchase.pk)
    if locked.status not in {Status.COMPLETED, Status.REFUNDED}:
        raise ChargeBackRefused(status=locked.get_status_display().lower())
    (bought,) = read_sold([locked])
    sold.charge_back(bought, at=now)
    write_moves([bought], places=lambda _: ())
    row = ChargeBack(purchase=locked, by=by, why=why, at=now)
    write_charge_backs([row])
    close_open_cases([Closing(locked.pk, by.pk if by else None, "desk")], act="charged_back", now=now)
    if by is not None:
        audit.record(by=by, act="charge_back", subject=locked.number, why=why, now=now)
    return row


def judge_all(gathered: Sequence[Gathered], now: datetime, books: Books | None = None) -> list[Quote]:
    """Each judged, and planned into its lots: of the books where they are open, else as they stand."""
    decisions = [decide(each.facts, terms=each.terms, now=now) for each in gathered]
    paid = {
        each.purchase.payment_id
        for each, decision in zip(gathered, decisions, strict=True)
        if decision.credits and each.purchase.payment_id
    }
    payments = payments_of(paid, books)
    return [
        _planned(each, decision, payments, now) for each, decision in zip(gathered, decisions, strict=True)
    ]


def payments_of(paid: Collection[int], books: Books | None) -> Mapping[int, Payment]:
    if not paid:
        return {}
    return books.payments(paid) if books else read_payments(paid)


def shown(plan: Sequence[Restoration]) -> tuple[Restore, ...]:
    """Where credits go back to, as a decision tells it."""
    return tuple(Restore(part.usage.lot.id or 0, part.kind, part.credits, part.expires_at) for part in plan)


def _judge(gathered: Gathered, now: datetime, books: Books | None = None) -> Quote:
    return judge_all([gathered], now, books)[0]


def _planned(gathered: Gathered, decision: Decision, payments: Mapping[int, Payment], now: datetime) -> Quote:
    payment = payments.get(gathered.purchase.payment_id or 0)
    plan = plan_restoration(payment, credits=decision.credits, now=now)
    return Quote(gathered, replace(decision, restores=shown(plan)), plan)


def _remember_asking(bought: Sold, now: datetime) -> None:
    """How things stood when somebody last asked: what a back-test of other terms judges. Once it is refunded, asking
    again tells nothing about the terms."""
    if bought.status != Status.REFUNDED:
        bought.asked = Asked(now, bought.downloaded_count, bought.downloaded_price)


def _deny(judged: Quote, *, requested_by: User, door: str, now: datetime) -> Denial:
    purchase = judged.gathered.purchase
    denial = Denial(
        purchase=purchase,
        customer_id=purchase.customer_id,
        facts=canonical(facts_to_json(judged.facts)),
        decision=canonical(decision_to_json(judged.decision)),
        requested_by=requested_by,
        door=door,
        at=now,
    )
    write_denials([denial])
    return denial
