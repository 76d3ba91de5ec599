"""Who may do what with a case. Doors hide what somebody may not do; here it is refused."""

from django.db.models import Q, QuerySet

from accounts.models import User
from refunds.cases.refusals import MayNot, OwnCase, OwnPublisher
from refunds.models import Case
from storefront.models import Purchase

DECIDE = "refunds.decide_case"
STRIKE = "storefront.strike_download"
GIVE = "credits.give_credits"


def assert_agent(person: User, right: str = DECIDE) -> None:
    if not person.has_perm(right):
        raise MayNot


def assert_not_own(person: User, *, case: Case | None = None, purchase: Purchase | None = None) -> None:
    """Nobody decides about their own purchase or their own publisher, whatever else they may do."""
    own = own_matter(person, case=case, purchase=purchase)
    if own is not None:
        raise own


def own_matter(person: User, *, case: Case | None = None, purchase: Purchase | None = None) -> OwnCase | None:
    """Why the person does not decide about this, where it is their own."""
    purchase = purchase or (case.purchase if case else None)
    customer = case.customer_id if case else purchase.customer_id if purchase else None
    if customer == person.pk:
        return OwnCase()
    if purchase is None:
        return None
    # A page of somebody's brings it with the case; of anybody else it is asked.
    if case is not None and getattr(case, "reader_id", None) == person.pk:
        sells = case.sold_by_reader  # type: ignore[attr-defined] # annotated with reader_id
    else:
        sells = sold_by(person).filter(pk=purchase.pk).exists()
    return OwnPublisher() if sells else None


def sold_by(person: User) -> "QuerySet[Purchase]":
    """The purchases of, or with an item of, a publisher that this person acts for."""
    return Purchase.objects.filter(
        Q(publisher__memberships__user=person) | Q(items__publisher__memberships__user=person)
    )
