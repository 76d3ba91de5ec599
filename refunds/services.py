"""A refund from the question to the answer. Facts are gathered, one function judges, one function settles; page,
desk, portal and API all come in here."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from accounts import audit
from accounts.durable import Answer, Asking, durably, once
from accounts.models import User
from accounts.refusals import NotAllowed
from credits import services as credits
from credits.services import Restoration
from refunds.closing import close_open_case
from refunds.facts import Gathered, gather
from refunds.figures import count_quote
from refunds.models import Basis, ChargeBack, Denial, Refund
from refunds.policy import Decision, Facts, Fate, Restore, decide
from refunds.refusals import ChargeBackRefused, NotYours, QuoteChanged
from refunds.serial import canonical, decision_to_json, facts_to_json
from refunds.settlement import ASKED, Settlement, _settle
from storefront.models import Purchase, Status


@dataclass(frozen=True)
class Quote:
    """A decision, shown before anybody confirms, with what booking it would need."""

    gathered: Gathered
    decision: Decision
    plan: list[Restoration]

    @property
    def facts(self) -> Facts:
        return self.gathered.facts


def quote(*, purchase: Purchase, requester: User, now: datetime) -> Quote:
    """What a refund would be at this instant. Reads, and writes nothing."""
    found = _judge(gather(purchase, requester), now)
    count_quote(found.decision.eligible, [reason.code.value for reason in found.decision.reasons])
    return found


def opinion(*, purchase: Purchase, now: datetime) -> Quote:
    """What the policy says to the buyer, for people who decide: today's facts, judged at the instant given. For a case
    that is the instant of its opening, so that nobody loses a window while people work."""
    return _judge(gather(purchase, purchase.customer), now)


def quote_as_of(*, purchase: Purchase, at: datetime) -> Quote:
    """What the buyer would have been shown at an instant of the past: with the facts of then."""
    return _judge(gather(purchase, purchase.customer, as_of=at), at)


def request_refund(
    *, asking: Asking, purchase: Purchase, expected_credits: int, requester: User | None = None
) -> Answer:
    """Refunds, or denies for stated reasons; the outcome is the Refund or the Denial, and the same for the same key.

    `requester` is whom another shop asks for; otherwise it is whoever asks.
    """
    return once(
        asking,
        lambda: refund_within(
            purchase=purchase,
            requester=requester or asking.person,
            requested_by=asking.person,
            expected_credits=expected_credits,
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
    door: str,
    now: datetime,
) -> Refund | Denial:
    """Lock, look, act. The facts are read again in statements that start after the locks were had: one that waited
    for a lock would still see what was there before."""
    assert connection.in_atomic_block, "a refund happens inside a transaction"
    if requester.pk != purchase.customer_id:
        raise NotYours
    wallet = credits.lock_wallet(customer=requester, now=now)
    locked = Purchase.objects.lock(purchase.pk)
    found = _judge(gather(locked, requester), now)
    if found.decision.eligible and found.decision.credits != expected_credits:
        raise QuoteChanged(credits=found.decision.credits, quote=found)
    _remember_asking(locked, now)
    if not found.decision.eligible:
        locked.save(update_fields=ASKED)
        return _deny(found, requested_by=requested_by, door=door, now=now)
    decision = found.decision
    return _settle(
        wallet=wallet,
        gathered=found.gathered,
        decision=decision,
        settlement=Settlement(
            credits=decision.credits,
            basis=Basis.POLICY,
            keep=frozenset(item.asset for item in decision.items if item.after_refund == Fate.KEPT),
            plan=found.plan,
        ),
        requested_by=requested_by,
        door=door,
        now=now,
    )


def charge_back(*, purchase: Purchase, by: User | None, why: str, now: datetime) -> ChargeBack:
    """By a lead, and never of their own purchase; by nobody where a store moves in with one."""
    if by is not None and (by.pk == purchase.customer_id or not by.has_perm("storefront.charge_back")):
        raise NotAllowed(
            "Only a lead records a charge-back, and not of their own purchase. Nothing was changed."
        )
    return durably(lambda: charge_back_within(purchase=purchase, by=by, why=why, now=now))


def charge_back_within(*, purchase: Purchase, by: User | None, why: str, now: datetime) -> ChargeBack:
    """No credits move; all items are revoked, and an earlier refund stays on record."""
    assert connection.in_atomic_block, "a charge-back happens inside a transaction"
    locked = Purchase.objects.lock(purchase.pk)
    if locked.status not in {Status.COMPLETED, Status.REFUNDED}:
        raise ChargeBackRefused(status=locked.get_status_display().lower())
    # What a refund revoked before stays revoked since then: sales of a closed month are told by that instant.
    locked.status, locked.revoked_at = Status.CHARGED_BACK, locked.revoked_at or now
    locked.save(update_fields=["status", "revoked_at"])
    row = ChargeBack.objects.create(purchase=locked, by=by, why=why, at=now)
    close_open_case(purchase=locked, by=by, door="desk", act="charged_back", now=now)
    if by is not None:
        audit.record(by=by, act="charge_back", subject=locked.number, why=why, now=now)
    return row


def _judge(gathered: Gathered, now: datetime) -> Quote:
    decision = decide(gathered.facts, terms=gathered.terms, now=now)
    plan = credits.plan_restoration(payment=gathered.purchase.payment, credits=decision.credits, now=now)
    restores = tuple(Restore(part.usage.lot_id, part.kind, part.credits, part.expires_at) for part in plan)
    return Quote(gathered, replace(decision, restores=restores), plan)


def _remember_asking(purchase: Purchase, now: datetime) -> None:
    """How things stood when somebody last asked: what a back-test of other terms judges. Once it is refunded, asking
    again tells nothing about the terms."""
    if purchase.status == Status.REFUNDED:
        return
    purchase.asked_at = now
    purchase.asked_count, purchase.asked_price = purchase.downloaded_count, purchase.downloaded_price


def _deny(found: Quote, *, requested_by: User, door: str, now: datetime) -> Denial:
    purchase = found.gathered.purchase
    return Denial.objects.create(
        purchase=purchase,
        customer_id=purchase.customer_id,
        facts=canonical(facts_to_json(found.facts)),
        decision=canonical(decision_to_json(found.decision)),
        requested_by=requested_by,
        door=door,
        at=now,
    )
