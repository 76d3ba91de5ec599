"""What may be approved, by whom, and on which basis. Nothing is written here: pages ask it before the click, and the
act asks it again under the locks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from ground.laws import LawBroken
from refunds.cases.locks import state_words
from refunds.cases.refusals import BeyondLimit, CannotDecide, NotYourTurn
from refunds.cases.standings import Standing, charged_twice
from refunds.models import Basis, Case, Grounds, State
from refunds.shares import Stake, kept_shares
from storefront.models import Asset, Status


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """A permitted decision; `basis` determines who bears the cost."""

    credits: int
    keep: frozenset[str]
    basis: str
    needs_second: bool


def suggestion(standing: Standing, by: User) -> tuple[int, frozenset[str]]:
    """What the form starts with: the formula without the window, as far as this person may go."""
    if standing.decision.eligible:
        return standing.decision.credits, standing.policy_keep
    downloaded = [item for item in standing.gathered.facts.items if item.downloaded]
    spent = standing.purchase.credits_spent
    if standing.purchase.is_bundle:
        amount = max(min(1, spent), spent - sum(item.original_price for item in downloaded))
        keep = {item.asset for item in downloaded}
    else:
        amount, keep = spent, set()
    keep |= {part.slug for place, part in enumerate(standing.parts) if place not in standing.named}
    if not standing.by_evidence and standing.authorised:
        keep |= {part.slug for place, part in enumerate(standing.parts) if place not in standing.authorised}
        amount = min(amount, standing.authorised_shares)
    most = standing.most_for(by)
    return min(amount, most) if most >= standing.least else amount, frozenset(keep)


def rule(standing: Standing, *, credits: int, keep: frozenset[str], by: User, now: datetime) -> Ruling:
    """The basis on which these credits may go back by this person, or the one sentence that says why not."""
    assert_decidable(standing.case, now)
    _assert_amount(standing, credits)
    unknown = keep - {part.slug for part in standing.parts}
    if unknown:
        raise CannotDecide(
            _("{slugs} is no item of this purchase. Nothing was decided."), slugs=", ".join(sorted(unknown))
        )
    basis = _basis(standing, credits, keep, by)
    if basis == Basis.GOODWILL and not by.is_lead:
        raise BeyondLimit(_beyond(standing, by))
    above = credits > settings.SECOND_AGENT_ABOVE
    return Ruling(credits=credits, keep=keep, basis=basis, needs_second=above or basis == Basis.SERVER_ERROR)


def assert_evidence(ruling: Ruling, notes: str) -> None:
    """Whoever approves writes the evidence down; a second agent confirms what is written already."""
    if ruling.basis == Basis.SERVER_ERROR and not notes.strip():
        raise CannotDecide(
            _(
                "A server error is refunded on written evidence: say in a note what happened. Nothing was decided."
            )
        )


def proposed(standing: Standing, *, now: datetime) -> Ruling:
    """What a first agent proposed, judged again by what that agent may do: a second one confirms just that."""
    case = standing.case
    if case.proposed_by is None:
        raise LawBroken("a proposal is somebody's")
    return rule(
        standing,
        credits=case.proposed_credits or 0,
        keep=frozenset(case.proposed_keep),
        by=case.proposed_by,
        now=now,
    )


def parts_kept(standing: Standing, ruling: Ruling) -> list[int]:
    """What each item's publisher keeps after this ruling: the very sum that the settlement will make."""
    return _kept(standing, credits=ruling.credits, keep=ruling.keep, basis=ruling.basis)


def waits_for_the_customer(case: Case, now: datetime) -> bool:
    """A publisher's request is nobody's to approve before the customer's yes, or three days of silence."""
    return case.state == State.WAITING_FOR_CUSTOMER and case.deadline is not None and now <= case.deadline


def assert_decidable(case: Case, now: datetime) -> None:
    """Whether anything can be approved at all, whoever asks and however much."""
    if case.grounds == Grounds.CREDITS_WRONG:
        raise CannotDecide(
            _(
                "A request about wrong credits is answered, and a lead can give what is missing. Nothing was decided."
            )
        )
    if case.purchase is not None and case.purchase.status != Status.COMPLETED:
        raise CannotDecide(
            _("This purchase is {status}: nothing can be refunded for it. Answer the request instead."),
            status=case.purchase.get_status_display().lower(),
        )
    if waits_for_the_customer(case, now) and not charged_twice(case):
        raise NotYourTurn(state=state_words(case))


def _assert_amount(standing: Standing, credits: int) -> None:
    spent = standing.purchase.credits_spent
    if type(credits) is not int or not min(1, spent) <= credits <= spent:
        raise CannotDecide(
            _("Give whole credits from {least} to {spent}, what was spent. Nothing was decided."),
            least=min(1, spent),
            spent=spent,
        )
    if credits < standing.decision.credits:
        raise CannotDecide(
            _("The policy itself gives {policy} credits, and nobody gives less. Nothing was decided."),
            policy=standing.decision.credits,
        )


def _basis(standing: Standing, credits: int, keep: frozenset[str], by: User) -> str:
    if standing.decision.eligible and credits == standing.decision.credits and keep == standing.policy_keep:
        return Basis.POLICY
    if standing.charged_twice:
        return Basis.DUPLICATE_CHARGE
    if standing.case.grounds == Grounds.SERVER_ERROR:
        return Basis.SERVER_ERROR
    if (not standing.old or by.is_lead) and _publishers_agree(standing, credits, keep):
        return Basis.REMOVED_FROM_STORE if _was_removed(standing) else Basis.PUBLISHER_AUTHORISED
    return Basis.GOODWILL


def _was_removed(standing: Standing) -> bool:
    """Whether it is about assets that are no longer for sale."""
    if standing.case.grounds != Grounds.REMOVED_FROM_STORE:
        return False
    assets = [standing.parts[place].asset_id for place in standing.authorised]
    return not Asset.objects.filter(pk__in=assets, withdrawn_at=None).exists()


def _publishers_agree(standing: Standing, credits: int, keep: frozenset[str]) -> bool:
    """Nothing goes back at the cost of a publisher that did not say yes: it keeps what it would keep without this."""
    if not standing.authorised or credits > standing.authorised_shares:
        return False
    if any(
        place not in standing.authorised
        and part.slug not in keep
        and not (standing.decision.eligible and part.slug not in standing.policy_keep)
        for place, part in enumerate(standing.parts)
    ):
        return False
    now_kept = _kept(standing, credits=credits, keep=keep, basis=Basis.PUBLISHER_AUTHORISED)
    due = _due_without_a_yes(standing)
    return all(
        _of(publisher, standing, now_kept) >= _of(publisher, standing, due)
        for publisher in {part.publisher_id for part in standing.parts}
    )


def _of(publisher: int, standing: Standing, shares: Sequence[int]) -> int:
    return sum(
        share for part, share in zip(standing.parts, shares, strict=True) if part.publisher_id == publisher
    )


def _due_without_a_yes(standing: Standing) -> list[int]:
    """What each item must leave its publisher: nothing where it said yes, its share where it did not; where the policy
    takes some of that anyway, what the policy leaves."""
    due = [0 if place in standing.authorised else part.share for place, part in enumerate(standing.parts)]
    if standing.decision.eligible:
        left = _kept(
            standing, credits=standing.decision.credits, keep=standing.policy_keep, basis=Basis.POLICY
        )
        due = [min(one, other) for one, other in zip(due, left, strict=True)]
    return due


def _kept(standing: Standing, *, credits: int, keep: frozenset[str], basis: str) -> list[int]:
    stakes = [Stake(part.share, part.original_price, part.slug in keep) for part in standing.parts]
    downloaded = any(item.downloaded for item in standing.gathered.facts.items)
    return kept_shares(stakes, credits_back=credits, basis=basis, full=not keep and not downloaded)


def _beyond(standing: Standing, by: User) -> str:
    if standing.old and standing.authorised:
        return _(
            "This was completed more than 180 days before the request, so only a lead approves it. Nothing was decided."
        )
    most = standing.most_for(by)
    if most == 0:
        return _(
            "No publisher has said yes and the policy gives nothing, so only a lead approves this, as goodwill. "
            "Nothing was decided."
        )
    return ngettext(
        "You can approve up to {most} credit, and items whose publisher did not say yes stay with the customer; "
        "beyond that only a lead approves, as goodwill. Nothing was decided.",
        "You can approve up to {most} credits, and items whose publisher did not say yes stay with the customer; "
        "beyond that only a lead approves, as goodwill. Nothing was decided.",
        most,
    ).format(most=most)
