"""What a refund line must fulfil, whoever wrote the file: the same laws that hold where refunds are made."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from credits.bulk_rows import BulkLot, BulkUsage
from credits.restoring import Restoration
from doors.storefile.moments import moment
from doors.storefile.names import Names
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from doors.storefile.sold import Sold
from refunds.models import Basis
from refunds.policy import Decision, Facts
from storefront.models import Status


def assert_refundable(sold: Sold, credits: int, at: datetime) -> None:
    if sold.status != Status.COMPLETED:
        raise LineRefused(
            f"refunds a purchase that is {sold.status}; a completed one is refunded, and only once"
        )
    if credits > sold.credits_spent:
        raise LineRefused(f"refunds {credits} credits, and {sold.credits_spent} were spent")
    if sold.completed_at is None or at < sold.completed_at:
        raise LineRefused("refunds a purchase before it was completed")


def assert_as_the_policy_says(line: Line, decision: Decision) -> None:
    """Only a person may go beyond the policy, and then the basis says so."""
    if line["basis"] != Basis.POLICY or (decision.eligible and decision.credits == line["credits"]):
        return
    reasons = ", ".join(reason.code.value for reason in decision.reasons)
    said = f"the policy gives {decision.credits}" if decision.eligible else f"the policy says no ({reasons})"
    raise LineRefused(f"refunds {line['credits']} credits on the basis of the policy, and {said}")


def kept_places(line: Line, sold: Sold, facts: Facts) -> frozenset[int]:
    """Places of the items that stay: as the line says, else the downloaded ones."""
    slugs = [part.slug for part in sold.parts]
    kept, revoked = line.get("kept"), line.get("revoked")
    for slug in (*(kept or ()), *(revoked or ())):
        if slug not in slugs:
            raise LineRefused(f"names “{slug}”, which is no item of this purchase")
    if kept is not None and revoked is not None and sorted((*kept, *revoked)) != sorted(slugs):
        raise LineRefused("says neither kept nor revoked of an item, or both")
    if kept is None:
        downloaded = [item.asset for item in facts.items if item.downloaded]
        kept = [slug for slug in slugs if slug not in revoked] if revoked is not None else downloaded
    return frozenset(place for place, slug in enumerate(slugs) if slug in kept)


def plan_of(
    told: list[dict[str, Any]], usages: Sequence[BulkUsage], credits: int, names: Names
) -> list[Restoration]:
    """Into which lots credits came back, as the line says; a part with a ref is a new lot."""
    plan = []
    for part in told:
        lot = names.ref(part["grant"], BulkLot, "grant")
        usage = next((each for each in usages if each.lot is lot), None)
        if usage is None:
            raise LineRefused(f"restores to the grant “{part['grant']}”, which the purchase did not draw on")
        if part["credits"] > usage.spent:
            raise LineRefused(f"restores more to the grant “{part['grant']}” than was drawn from it")
        reborn = "ref" in part
        if reborn and names.get("ref", part["ref"]) is not None:
            raise LineRefused(f"repeats the ref “{part['ref']}” with other content")
        expires_at = moment(part.get("expires_at")) if reborn else lot.expires_at
        plan.append(Restoration(usage, part["credits"], lot.kind, None if reborn else lot, expires_at))
    if len({part.usage.pk for part in plan}) < len(plan):
        raise LineRefused("restores to the same grant twice")
    if sum(part.credits for part in plan) != credits:
        raise LineRefused(f"has restores that do not add up to its {credits} credits")
    return plan
