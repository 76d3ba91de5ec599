"""What agents' acts ask of a case, and what they do to it."""

from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Publisher
from credits import ledger
from credits.models import Kind
from ground.laws import given
from refunds.cases import rights
from refunds.cases.act import Doing
from refunds.cases.locks import state_words
from refunds.cases.openings import is_the_publishers, named_publishers
from refunds.cases.refusals import CannotDecide, MayNot, NobodyToAsk, NotYourTurn
from refunds.cases.rulings import (
    Ruling,
    assert_decidable,
    assert_evidence,
    proposed,
    rule,
    waits_for_the_customer,
)
from refunds.cases.standings import plan_for
from refunds.models import Basis, Case, Grounds
from refunds.services import shown
from refunds.settlement import Settlement, settle

# --- Before a decision -------------------------------------------------------------------------------------------


def to_an_agent(doing: Doing) -> None:
    """Agents assign a case to themselves or to a colleague, never to somebody who is concerned."""
    whom = doing.to or doing.person
    rights.assert_agent(whom)
    rights.assert_not_own(whom, case=doing.case)


def assign(doing: Doing) -> None:
    doing.case.assigned_to = doing.to or doing.by
    doing.case.save(update_fields=["assigned_to"])
    doing.note = str(doing.case.assigned_to)


def hand_over(doing: Doing) -> None:
    """To the leads; the case is nobody's until one takes it."""
    doing.case.with_lead, doing.case.assigned_to = True, None
    doing.case.save(update_fields=["with_lead", "assigned_to"])


def left_to_ask(case: Case) -> list[Publisher]:
    """Whoever of the named publishers has not answered."""
    if not is_the_publishers(case, by_hand=True):
        return []
    answered = {answer.publisher_id for answer in case.answers.all() if answer.authorised is not None}
    return [publisher for publisher in named_publishers(case) if publisher.pk not in answered]


def somebody_to_ask(doing: Doing) -> None:
    if not left_to_ask(doing.case):
        raise NobodyToAsk


def ask_who_is_left(doing: Doing) -> str:
    doing.about = left_to_ask(doing.case)
    return "asked_publisher"


# --- Yes ---------------------------------------------------------------------------------------------------------


def decidable(doing: Doing) -> None:
    assert_decidable(doing.case, doing.now)


def decide(doing: Doing) -> None:
    """What exactly is approved, and on which basis; whether it pays at once follows from it."""
    doing.ruling = rule(
        doing.standing, credits=doing.credits, keep=doing.keep, by=doing.person, now=doing.now
    )
    assert_evidence(doing.ruling, doing.note + doing.private_note)


def pay_or_propose(doing: Doing) -> str:
    return "propose" if _ruling(doing).needs_second else "pay"


def propose(doing: Doing) -> None:
    """For a second agent. The customer reads the note when that one has said yes."""
    case, ruling = doing.case, _ruling(doing)
    case.proposed_by, case.proposed_credits = doing.by, ruling.credits
    case.proposed_keep, case.proposed_basis = sorted(ruling.keep), ruling.basis
    case.proposed_note = doing.note
    doing.why = f"{ruling.credits} credits"
    doing.note = "\n\n".join(filter(None, (doing.why, doing.private_note)))


def is_proposed(doing: Doing) -> None:
    if doing.case.proposed_by is None:
        raise NotYourTurn(state=state_words(doing.case))


def by_another(doing: Doing) -> None:
    """The second pair of eyes: another person, and a lead where an agent proposed more than agents may alone."""
    case = doing.case
    proposer = given(case.proposed_by, "a proposal is somebody's")
    if doing.by_id == proposer.pk:
        raise MayNot(
            _("Only somebody other than the agent who proposed it may do this. Nothing was changed.")
        )
    above = (case.proposed_credits or 0) > settings.SECOND_AGENT_ABOVE
    if above and not proposer.is_lead and not doing.person.is_lead:
        raise MayNot(_("Only a lead may do this. Nothing was changed."))


def still_holds(doing: Doing) -> None:
    doing.ruling = proposed(doing.standing, now=doing.now)


def pay_the_proposal(doing: Doing) -> str:
    """The first agent's words go to the customer, the second one's to colleagues."""
    doing.note, doing.private_note = doing.case.proposed_note, ""
    return "pay"


def take_back(doing: Doing) -> None:
    case = doing.case
    case.proposed_by, case.proposed_credits, case.proposed_keep = None, None, []
    case.proposed_basis, case.proposed_note = "", ""


def pay(doing: Doing) -> None:
    """Through the one payer, like everything else."""
    ruling, standing = _ruling(doing), doing.standing
    books = given(doing.books, "credits move under the wallet's lock")
    plan = plan_for(standing.purchase, ruling.credits, doing.now, books)
    decision = standing.decision
    if decision.eligible and ruling.credits == decision.credits:
        decision = replace(decision, restores=shown(plan))
    settlement = Settlement(
        sold=standing.gathered.sold,
        facts=standing.gathered.facts,
        decision=decision,
        credits=ruling.credits,
        basis=ruling.basis,
        keep=ruling.keep,
        plan=plan,
        requested_by=doing.person.pk,
        door=doing.door,
        case=doing.case.pk,
    )
    settle([settlement], books=books, now=doing.now)
    doing.credits = doing.moved = ruling.credits
    doing.why = f"{ruling.credits} credits, {ruling.basis}"


# --- No, an explanation, a strike --------------------------------------------------------------------------------


def rejectable(doing: Doing) -> None:
    """Credits that are right, or wrong, want an explanation: such a case ends answered."""
    if doing.case.grounds == Grounds.CREDITS_WRONG:
        raise CannotDecide(
            _("A request about wrong credits is answered, with what you found. Nothing was decided.")
        )


def may_compensate(doing: Doing) -> None:
    if type(doing.credits) is not int or doing.credits < 0:
        raise CannotDecide(_("Give whole credits, or none. Nothing was answered."))
    if doing.credits and not doing.person.has_perm(rights.GIVE):
        raise MayNot(_("Only a lead may do this. Nothing was changed."))


def compensate(doing: Doing) -> None:
    """From a lead perhaps credits as compensation: a new lot, linked to the case."""
    doing.why = f"{doing.credits} credits: {doing.note}"
    if not doing.credits:
        return
    case, books = doing.case, given(doing.books, "compensation goes into a locked wallet")
    lot = ledger.grant(
        books.wallet(case.customer_id),
        credits=doing.credits,
        kind=Kind.COMPENSATION,
        source=f"Case {case.number}",
        memo=f"Compensation, case {case.number}",  # English: stored
        made_by=doing.person.pk,
        at=doing.now,
    )
    books.close()
    case.compensation_id, doing.moved = lot.id, doing.credits


def settles_on_strike(case: Case, *, credits: int, eligible: bool, now: datetime) -> bool:
    """Not for nothing: giving items up for 0 credits needs the customer's own yes. And nothing that they may want to
    keep is taken before they have answered."""
    return (
        eligible
        and credits > 0
        and case.grounds != Grounds.CREDITS_WRONG
        and not waits_for_the_customer(case, now)
    )


def pay_by_policy(doing: Doing) -> str:
    """What the policy gives as of the opening, at once; nobody's limit is asked."""
    standing = doing.standing
    credits, eligible = standing.decision.credits, standing.decision.eligible
    if not settles_on_strike(doing.case, credits=credits, eligible=eligible, now=doing.now):
        return ""
    doing.note = ""
    doing.ruling = Ruling(credits=credits, keep=standing.policy_keep, basis=Basis.POLICY, needs_second=False)
    return "pay"


def _ruling(doing: Doing) -> Ruling:
    return given(doing.ruling, "what is paid was decided")
