"""The laws that a refund from another store must hold to: the same as one that is made here."""

from collections.abc import Collection
from datetime import datetime

from refunds.models import Basis
from refunds.policy import Decision, Facts
from storefront.refusals import WrongLine
from storefront.sold import COMPLETED, Sold


def assert_refundable(sold: Sold, credits: int, at: datetime) -> None:
    if sold.status != COMPLETED:
        raise WrongLine(
            "purchase",
            f"This purchase is {sold.status}; a completed one is refunded, and only once.",
            of_line=f"refunds a purchase that is {sold.status}; a completed one is refunded, and only once",
        )
    if credits > sold.credits_spent:
        raise WrongLine(
            "credits",
            f"Only {sold.credits_spent} credits were spent.",
            of_line=f"refunds {credits} credits, and {sold.credits_spent} were spent",
        )
    if sold.completed_at is None or at < sold.completed_at:
        raise WrongLine(
            "at",
            "The purchase was not completed then.",
            of_line="refunds a purchase before it was completed",
        )


def assert_as_the_policy_says(basis: str, credits: int, decision: Decision) -> None:
    """Only a person may go beyond the policy, and then the basis says so."""
    if basis != Basis.POLICY or (decision.eligible and decision.credits == credits):
        return
    reasons = ", ".join(reason.code.value for reason in decision.reasons)
    policy = (
        f"the policy gives {decision.credits}" if decision.eligible else f"the policy says no ({reasons})"
    )
    raise WrongLine(
        "basis",
        f"It is on the basis of the policy, and {policy}.",
        of_line=f"refunds {credits} credits on the basis of the policy, and {policy}",
    )


def assert_denied(decision: Decision) -> None:
    if decision.eligible:
        raise WrongLine("purchase", "The policy grants it.", of_line="denies what the policy grants")


def kept_of(
    sold: Sold, facts: Facts, *, kept: Collection[str] | None, revoked: Collection[str] | None
) -> frozenset[str]:
    """The assets that the customer keeps: as the line says, otherwise the downloaded ones."""
    slugs = [part.slug for part in sold.parts]
    for slug in (*(kept or ()), *(revoked or ())):
        if slug not in slugs:
            raise WrongLine(
                "kept",
                f"{slug} is no item of this purchase.",
                of_line=f"names “{slug}”, which is no item of this purchase",
            )
    if kept is not None and revoked is not None and sorted((*kept, *revoked)) != sorted(slugs):
        raise WrongLine(
            "kept",
            "Each item is either kept or revoked.",
            of_line="says neither kept nor revoked of an item, or both",
        )
    if kept is not None:
        return frozenset(kept)
    if revoked is not None:
        return frozenset(slugs) - frozenset(revoked)
    return frozenset(item.asset for item in facts.items if item.downloaded)
