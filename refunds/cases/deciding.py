"""Support says yes: approve, confirm, take back. An approved case pays through the one payer, like everything else."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings

from accounts import audit
from accounts.durable import durably
from accounts.models import User
from credits.books import Books
from ground.laws import LawBroken
from refunds.cases import letters, rights
from refunds.cases.locking import lock_open_case, move, state_words, tell
from refunds.cases.refusals import CannotDecide, MayNot, NotYourTurn
from refunds.cases.rulings import Ruling, Standing, plan_for, proposed, rule, standing
from refunds.cases.saying import optional, words
from refunds.models import Case, State
from refunds.models.cases import Side
from refunds.services import shown
from refunds.settlement import Settlement, settle


def approve(
    *,
    case: Case,
    by: User,
    credits: int,
    keep: frozenset[str],
    now: datetime,
    note: str = "",
    private_note: str = "",
    door: str = "desk",
) -> Case:
    """Pays at once, or waits for a second agent. `keep` are slugs of the assets that the customer goes on having."""

    def act() -> Case:
        fresh, books, found = _look(case, by, now)
        if fresh.state == State.WAITING_FOR_SECOND_AGENT:
            raise NotYourTurn(state=state_words(fresh))
        said, kept_private = optional(note, "note"), optional(private_note, "private_note")
        ruling = rule(found, credits=credits, keep=keep, by=by, evidence=said + kept_private, now=now)
        if ruling.needs_second:
            return _propose(fresh, ruling, by, said, kept_private, door, now)
        _pay(fresh, books, found, ruling, by=by, note=said, private_note=kept_private, door=door, now=now)
        return fresh

    return durably(act)


def confirm(*, case: Case, by: User, now: datetime, note: str = "", door: str = "desk") -> Case:
    """The second pair of eyes: another person, and a lead where an agent proposed more than agents may alone."""

    def act() -> Case:
        fresh, books, found = _look(case, by, now)
        assert_proposed(fresh)
        assert_may_confirm(fresh, by)
        ruling = proposed(found, now=now)
        said = optional(note, "note")
        tell(fresh, "confirmed", side=Side.SUPPORT, by=by, door=door, private_note=said, now=now)
        _pay(
            fresh, books, found, ruling, by=by, note=fresh.proposed_note, private_note="", door=door, now=now
        )
        return fresh

    return durably(act)


def assert_proposed(case: Case) -> None:
    if case.state != State.WAITING_FOR_SECOND_AGENT or case.proposed_by is None:
        raise NotYourTurn(state=state_words(case))


def assert_may_confirm(case: Case, by: User) -> None:
    proposer = case.proposed_by
    if proposer is None or by.pk == proposer.pk:
        raise MayNot(who="somebody other than the agent who proposed it")
    above = (case.proposed_credits or 0) > settings.SECOND_AGENT_ABOVE
    if above and not rights.is_lead(proposer) and not rights.is_lead(by):
        raise MayNot(who="a lead")


def take_back(*, case: Case, by: User, note: str, now: datetime, door: str = "desk") -> Case:
    """A proposal that nobody should confirm goes back to the queue, with the reason for colleagues alone."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, case=case)
        said = words(note, "note")
        fresh, _ = lock_open_case(case, now=now)
        assert_proposed(fresh)
        _forget_proposal(fresh)
        tell(fresh, "taken_back", side=Side.SUPPORT, by=by, door=door, private_note=said, now=now)
        move(fresh, State.WAITING_FOR_SUPPORT, now=now)
        audit.record(by=by, act="take_back", subject=fresh.number, why=said, now=now)
        return fresh

    return durably(act)


def pay_by_policy(
    case: Case, books: Books, found: Standing, *, by: User, note: str, door: str, now: datetime
) -> None:
    """What the policy gives as of the opening, at once; nobody's limit is asked."""
    ruling = Ruling(
        credits=found.decision.credits, keep=found.policy_keep, basis="policy", needs_second=False
    )
    _pay(case, books, found, ruling, by=by, note=note, private_note="", door=door, now=now)


def _look(case: Case, by: User, now: datetime) -> tuple[Case, Books, Standing]:
    """Who, then the locks, then what is."""
    rights.assert_agent(by)
    rights.assert_not_own(by, case=case)
    fresh, books = lock_open_case(case, now=now, wallet=True)
    if books is None:
        raise LawBroken("credits move under the wallet's lock")
    if fresh.purchase is None:
        raise CannotDecide(
            "This request names no purchase, so it is answered and not approved. Nothing was decided."
        )
    return fresh, books, standing(fresh)


def _propose(
    case: Case, ruling: Ruling, by: User, note: str, private_note: str, door: str, now: datetime
) -> Case:
    case.proposed_by, case.proposed_credits = by, ruling.credits
    case.proposed_keep, case.proposed_basis, case.proposed_note = sorted(ruling.keep), ruling.basis, note
    tell(
        case,
        "proposed",
        side=Side.SUPPORT,
        by=by,
        door=door,
        private_note="\n\n".join(filter(None, (f"{ruling.credits} credits", private_note))),
        now=now,
    )
    move(case, State.WAITING_FOR_SECOND_AGENT, now=now)
    audit.record(by=by, act="propose", subject=case.number, why=f"{ruling.credits} credits", now=now)
    return case


def _pay(
    case: Case,
    books: Books,
    found: Standing,
    ruling: Ruling,
    *,
    by: User,
    note: str,
    private_note: str,
    door: str,
    now: datetime,
) -> None:
    plan = plan_for(found.purchase, ruling.credits, now, books)
    decision = found.decision
    if decision.eligible and ruling.credits == decision.credits:
        decision = replace(decision, restores=shown(plan))
    settlement = Settlement(
        sold=found.gathered.sold,
        facts=found.gathered.facts,
        decision=decision,
        credits=ruling.credits,
        basis=ruling.basis,
        keep=ruling.keep,
        plan=plan,
        requested_by=by.pk,
        door=door,
        case=case.pk,
    )
    settle([settlement], books=books, now=now)
    tell(
        case,
        "approved",
        side=Side.SUPPORT,
        by=by,
        door=door,
        note=note,
        private_note=private_note,
        credits_moved=ruling.credits,
        now=now,
    )
    move(case, State.APPROVED, now=now)
    letters.write_customer(case, "case_approved", now=now, note=note, credits=ruling.credits)
    audit.record(
        by=by, act="approve", subject=case.number, why=f"{ruling.credits} credits, {ruling.basis}", now=now
    )


def _forget_proposal(case: Case) -> None:
    case.proposed_by, case.proposed_credits, case.proposed_keep = None, None, []
    case.proposed_basis, case.proposed_note = "", ""
