"""Facts and decisions of refunds and denials: read from the line that has them, else gathered from the lines above
and judged anew.

Stored, both hold ids of this store; in a file they hold what people call these things: e-mails and refs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple, TypeVar

from credits.chain import canonical
from credits.ledger import Lot, plan_restoration
from doors.storefile.names import Names
from doors.storefile.people import People
from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from refunds.facts import facts_of, policy_terms
from refunds.policy import Decision, Facts, decide
from refunds.serial import decision_from_json, decision_to_json, facts_from_json, facts_to_json
from refunds.services import shown
from storefront.models import Download
from storefront.sold import Handed, Sold

Value = TypeVar("Value")


class Evidence(NamedTuple):
    """Facts and decision, and the texts under which they are stored."""

    facts: Facts
    decision: Decision
    facts_text: str
    decision_text: str


@dataclass(kw_only=True, eq=False)
class EvidenceReader:
    names: Names
    people: People

    def of(self, line: Line, sold: Sold, at: datetime) -> Evidence:
        """For a line that refunds or denies."""
        if "facts" in line:
            stored_facts = self._with_ids(line["facts"])
            facts = _read("facts", lambda: facts_from_json(stored_facts))
        else:
            handed = _read_handed(sold) if sold.handed is None else None
            facts = facts_of(sold, requester=sold.customer.pk, as_of=at, handed=handed)
            stored_facts = facts_to_json(facts)
        if facts.invoice != sold.number or facts.owner != sold.customer.pk:
            raise LineRefused("has the facts of another purchase")
        if "decision" in line:
            restores = [self._restore(each) for each in line["decision"].get("restores", [])]
            stored_decision = {**line["decision"], "restores": restores}
            decision = _read("decision", lambda: decision_from_json(stored_decision))
        else:
            decision = _judged(facts, sold, at)
            stored_decision = decision_to_json(decision)
        return Evidence(facts, decision, canonical(stored_facts), canonical(stored_decision))

    def _with_ids(self, facts: Line) -> Line:
        people = {key: facts[key] for key in ("owner", "requester") if facts.get(key) is not None}
        return {**facts, **{key: self.people.find(str(email)).pk for key, email in people.items()}}

    def _restore(self, part: Line) -> Line:
        return {**part, "lot": self.names.ref(str(part.get("lot")), Lot, "grant").id}


def _judged(facts: Facts, sold: Sold, at: datetime) -> Decision:
    decision = decide(facts, terms=policy_terms(sold.terms), now=at)
    plan = plan_restoration(sold.payment, credits=decision.credits, now=at)
    return replace(decision, restores=shown(plan))


def _read_handed(sold: Sold) -> Iterator[Handed]:
    """The downloads of a purchase that is written already."""
    places = {pk: place for place, pk in enumerate(sold.item_ids)}
    columns = ("item_id", "at", "cause", "via_id", "via__slug", "via__title", "struck_at", "id")
    for item, at, cause, via, slug, title, struck_at, pk in Download.objects.filter(
        purchase=sold.id
    ).values_list(*columns):
        yield Handed(sold, places[item], at, cause, via, slug, title, struck_at=struck_at, id=pk)


def _read(key: str, read: Callable[[], Value]) -> Value:
    try:
        return read()
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise LineRefused(
            f"has “{key}” that cannot be read: they are written by a dump, never by hand"
        ) from None
