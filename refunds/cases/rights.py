"""Who may do what with a case. Doors hide what somebody may not do; here it is refused."""

from django.db.models import Q, QuerySet

from accounts.models import User
from refunds.cases.refusals import MayNot, OwnCase
from refunds.models import Case
from storefront.models import Purchase

DECIDE = "refunds.decide_case"
OVERRULE = "refunds.overrule_case"
STRIKE = "storefront.strike_download"
GIVE = "credits.give_credits"


def is_lead(person: User) -> bool:
    return person.has_perm(OVERRULE)


def assert_agent(person: User) -> None:
    if not person.has_perm(DECIDE):
        raise MayNot(who="an agent")


def assert_may_strike(person: User) -> None:
    if not person.has_perm(STRIKE):
        raise MayNot(who="an agent")


def assert_not_own(person: User, *, case: Case | None = None, purchase: Purchase | None = None) -> None:
    """Nobody decides about their own purchase or their own publisher, whatever else they may do."""
    purchase = purchase or (case.purchase if case else None)
    customer = case.customer_id if case else purchase.customer_id if purchase else None
    if customer == person.pk:
        raise OwnCase(what="their own purchase")
    if purchase is not None and sells_in(person, purchase):
        raise OwnCase(what="their own publisher")


def sells_in(person: User, purchase: Purchase) -> bool:
    return sold_by(person).filter(pk=purchase.pk).exists()


def sold_by(person: User) -> "QuerySet[Purchase]":
    """The purchases of, or with an item of, a publisher that this person acts for."""
    return Purchase.objects.filter(
        Q(publisher__memberships__user=person) | Q(items__publisher__memberships__user=person)
    )
