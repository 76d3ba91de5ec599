"""All that a decision about a case is measured by: the policy as of its opening, on today's facts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from credits.books import Books
from credits.ledger import Restoration, plan_restoration
from ground.laws import LawBroken
from refunds import duplicates
from refunds.cases import clocks
from refunds.facts import Gathered, gather
from refunds.models import Case, Grounds
from refunds.policy import Decision, Fate, decide
from refunds.services import payments_of, shown
from storefront.models import Purchase
from storefront.sold import Part


@dataclass(frozen=True, kw_only=True)
class Standing:
    """All that a decision about a case is measured by, read once."""

    case: Case
    gathered: Gathered
    decision: Decision
    named: frozenset[int]  # places of the items that the case is about,
    authorised: frozenset[int]  # and of those whose publisher said yes
    charged_twice: bool
    old: bool

    @property
    def purchase(self) -> Purchase:
        return self.gathered.purchase

    @property
    def parts(self) -> Sequence[Part]:
        return self.gathered.sold.parts

    @property
    def least(self) -> int:
        """Never below the policy's amount; one credit where anything was spent."""
        return max(self.decision.credits, min(1, self.purchase.credits_spent))

    @property
    def policy_keep(self) -> frozenset[str]:
        return frozenset(item.asset for item in self.decision.items if item.after_refund == Fate.KEPT)

    @property
    def by_evidence(self) -> bool:
        """A duplicate charge and a server error need no publisher."""
        return self.charged_twice or self.case.grounds == Grounds.SERVER_ERROR

    @property
    def authorised_shares(self) -> int:
        return sum(self.parts[place].share for place in self.authorised)

    def most_for(self, person: User) -> int:
        if person.is_lead or self.by_evidence:
            return self.purchase.credits_spent
        return max(self.decision.credits, 0 if self.old else self.authorised_shares)


def standing(case: Case, *, at: datetime | None = None) -> Standing:
    """The policy as of the case's opening, on today's facts. `at` plans the lots as of now instead."""
    purchase = case.purchase
    if purchase is None:
        raise LawBroken("only a purchase is judged")
    gathered = gather(purchase, purchase.customer)
    decision = decide(gathered.facts, terms=gathered.terms, now=case.opened_at)
    if at is not None:
        plan = plan_for(purchase, decision.credits, at)
        decision = replace(decision, restores=shown(plan))
    yes = {answer.publisher_id for answer in case.answers.all() if answer.authorised}
    about = {line.item_id for line in case.items.all()}
    named = frozenset(place for place, pk in enumerate(gathered.sold.item_ids) if pk in about)
    return Standing(
        case=case,
        gathered=gathered,
        decision=decision,
        named=named,
        authorised=frozenset(place for place in named if gathered.sold.parts[place].publisher_id in yes),
        charged_twice=charged_twice(case),
        old=purchase.completed_at is not None
        and case.opened_at - purchase.completed_at > clocks.DECIDED_WITHIN,
    )


def plan_for(purchase: Purchase, amount: int, now: datetime, books: Books | None = None) -> list[Restoration]:
    """Into which lots: of the books where they are open, else as they stand."""
    pk = purchase.payment_id
    payment = payments_of([pk], books)[pk] if pk and amount else None
    return plan_restoration(payment, credits=amount, now=now)


def charged_twice(case: Case) -> bool:
    return (
        case.grounds == Grounds.DUPLICATE_CHARGE
        and case.purchase is not None
        and duplicates.charged_twice(case.purchase)
    )
