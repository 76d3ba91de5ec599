"""Takes stored decisions again, from the facts and the terms that were stored with them.

Whatever a change of the code would have decided otherwise shows up here, by name, before anybody is told so. The
words of a reason and the lots that credits went back to are not the policy's, so they may differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from refunds import policy
from refunds.models import Basis, Denial, Refund
from refunds.serial import Json, decision_from_json, decision_to_json, facts_from_json
from storefront.models import Terms

AT_A_TIME = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """What a stored decision says and what it would say today; `field` is where the two part."""

    invoice: str
    kind: str
    row: int
    field: str
    stored: object
    today: object


def stored_decisions() -> int:
    return Refund.objects.count() + Denial.objects.count()


def replay() -> Iterator[list[Difference]]:
    """For each stored decision its differences, mostly none; in order of age, and never all in memory."""
    versions = {
        terms.version: policy.Terms(
            terms.version, terms.in_force_from, terms.window_days, terms.bundle_percent
        )
        for terms in Terms.objects.all()
    }
    for row in chain(_oldest_first(Refund), _oldest_first(Denial)):
        yield list(_differences(row, versions))


def _oldest_first(model: type[Refund | Denial]) -> Iterator[Refund | Denial]:
    return model.objects.select_related("purchase").order_by("pk").iterator(chunk_size=AT_A_TIME)


def _differences(row: Refund | Denial, versions: dict[str, policy.Terms]) -> Iterator[Difference]:
    def difference(field: str, stored: object, today: object) -> Difference:
        return Difference(row.purchase.number, row._meta.model_name or "", row.pk, field, stored, today)

    try:
        stored: Json = json.loads(row.decision)
        facts = facts_from_json(json.loads(row.facts))
        now = decision_from_json(stored).decided_at
    except (ValueError, TypeError, KeyError) as error:
        yield difference("stored", f"unreadable: {error!r}", None)
        return
    terms = versions.get(stored["terms"]["version"])
    if terms is None:
        yield difference("terms", stored["terms"], None)
        return
    today = decision_to_json(policy.decide(facts, terms=terms, now=now))
    for field in today:
        if field != "restores" and _essence(stored[field]) != _essence(today[field]):
            yield difference(field, stored[field], today[field])
    if isinstance(row, Refund) and row.basis == Basis.POLICY and row.credits != today["credits"]:
        yield difference("refunded", row.credits, today["credits"])


def _essence(value: object) -> object:
    """The value without the messages of its reasons."""
    if isinstance(value, list):
        return [_essence(each) for each in value]
    if isinstance(value, dict):
        return {key: _essence(each) for key, each in value.items() if key != "message"}
    return value
