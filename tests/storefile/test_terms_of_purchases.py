"""A purchase keeps its terms wherever it moves: those that it was bound to when it was recorded, whatever came since."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from ground.receipts import Asking
from refunds.models import Denial, Refund
from refunds.policy import Decision
from refunds.replay import replay
from refunds.services import quote, request_refund
from refunds.terms import publish_terms
from storefront.models import Asset, Bundle, Purchase
from storefront.recording import record_purchase
from tests import world
from tests.storefile.emptying import dumped
from tests.storefile.lines import SHOP, TERMS, grant, load_lines, purchase
from tests.storefile.test_round_trip import moves_unchanged
from tests.world import NOW

pytestmark = pytest.mark.django_db
AHEAD = NOW + timedelta(days=2)
SOON = {**TERMS, "version": "soon", "in_force_from": "2026-11-01T00:00:00Z", "window_days": 7}


@pytest.fixture
def dated_ahead(ada: User, forest: Bundle, oak: Asset, fern: Asset, lea: User) -> list[Purchase]:
    """Three purchases of 2 days ahead, then shorter terms from tomorrow on, then one purchase more."""
    world.give(ada, 500)
    bought = [_recorded(ada, thing) for thing in (forest, oak, fern)]
    publish_terms(
        by=lea,
        version="strict",
        in_force_from=NOW + timedelta(days=1),
        window_days=7,
        bundle_percent=10,
        why="A try",
        now=NOW,
    )
    return [*bought, _recorded(ada, fern)]


def _recorded(person: User, thing: Asset | Bundle) -> Purchase:
    with transaction.atomic():
        return record_purchase(customer=person, thing=thing, spent=20, at=AHEAD, by=person, now=NOW)


def _decisions(at: datetime) -> dict[str, Decision]:
    """Without the lots, which have other numbers in another store."""
    return {
        each.number: replace(quote(purchase=each, requester=each.customer, now=at).decision, restores=())
        for each in Purchase.objects.select_related("customer", "terms")
    }


def _terms_of_lines() -> list[Any]:
    lines = [json.loads(line) for line in dumped().splitlines()]
    return [line.get("terms") for line in lines if line["type"] == "purchase"]


def _ask(bought: Purchase, *, days: float, credits: int = 0) -> None:
    asking = Asking(
        person=bought.customer,
        key=bought.number,
        what=bought.number,
        now=AHEAD + timedelta(days=days),
        door="page",
        write=lambda _: (200, ""),
    )
    request_refund(asking=asking, purchase=bought, expected_credits=credits)


def test_a_purchase_dated_ahead_moves_with_the_terms_it_was_bound_to(dated_ahead: Sequence[Purchase]) -> None:
    refunded, denied, _open, later = dated_ahead
    _ask(refunded, days=20, credits=20)
    _ask(denied, days=31)
    late = AHEAD + timedelta(days=20)
    before = _decisions(late)
    assert [before[each.number].terms.window_days for each in dated_ahead] == [30, 30, 30, 7]
    assert (before[_open.number].eligible, before[later.number].eligible) == (True, False)
    named = Refund.objects.get().purchase.terms.version
    assert _terms_of_lines() == [named, named, named, None]

    moves_unchanged()

    assert _decisions(late) == before
    assert (Refund.objects.count(), Denial.objects.count()) == (1, 1)
    assert [differences for several in replay() for differences in several] == []


def test_terms_may_stand_below_a_purchase_that_names_its_own() -> None:
    load_lines(*SHOP, grant(), purchase(terms="2025-08"), SOON)
    assert Purchase.objects.get().terms.version == "2025-08"
    assert _terms_of_lines() == ["2025-08"]


def test_the_terms_of_the_store_may_be_named_and_a_dump_is_silent_where_nothing_is_to_be_said() -> None:
    load_lines(*SHOP)
    load_lines(SHOP[2], SHOP[1], *SHOP[5:], grant(), purchase(terms="2025-08"))
    assert Purchase.objects.get().terms.version == "2025-08"
    assert _terms_of_lines() == [None]


def test_a_pending_purchase_keeps_its_terms_too() -> None:
    load_lines(*SHOP, SOON, grant(), purchase(status="pending", terms="2025-08"), purchase("p2"))
    assert _terms_of_lines() == ["2025-08", None]
