"""A market day: two customers, eight threads, everything that moves credits or items, and a reader who never blinks."""

import random
import time
from collections import Counter
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from ground.receipts import Asking, digest_of
from ground.refusals import Refusal
from refunds.services import request_refund
from storefront.models import Download, Purchase
from storefront.services import Wanted, download, request_purchase, strike
from tests.races.together import together
from tests.world import NOW, give

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 8
LOCK_NOT_HAD = "55P03"
# One statement is one snapshot: whatever is half done must not be seen in it.
DISAGREEMENTS = """
SELECT
    (SELECT count(*) FROM credits_wallet w WHERE
        w.balance <> (SELECT coalesce(sum(remaining), 0) FROM credits_lot l WHERE l.wallet_id = w.customer_id)
        OR w.balance <> coalesce((SELECT balance_after FROM credits_entry e WHERE e.wallet_id = w.customer_id
            ORDER BY number DESC LIMIT 1), 0))
    + (SELECT count(*) FROM storefront_purchase p LEFT JOIN refunds_refund r ON r.purchase_id = p.id
        WHERE (p.status = 'refunded') <> (r.id IS NOT NULL))
    + (SELECT count(*) FROM storefront_purchase p WHERE p.downloaded_count <>
        (SELECT count(*) FROM storefront_purchaseitem i WHERE i.purchase_id = p.id AND first_downloaded_at IS NOT NULL))
"""


def why(refusal):
    """The database's own code of what somebody waited for in vain."""
    cause = getattr(refusal.__cause__, "__cause__", None)
    return f" {cause.sqlstate}" if cause else ""


class Day:
    """What one thread does, chosen by dice that fall alike in every run."""

    def __init__(self, seed, people, things, assets, agent):
        self.dice, self.seed, self.turn = random.Random(seed), seed, 0
        self.people, self.things, self.assets, self.agent = people, things, assets, agent
        self.done = Counter()

    def live(self, turns):
        acts = [self.buys] * 3 + [self.downloads] * 4 + [self.refunds] * 3 + [self.strikes]
        for self.turn in range(turns):
            act = self.dice.choice(acts)
            try:
                act(self.dice.choice(self.people))
                self.done[act.__name__] += 1
            except Refusal as refusal:
                self.done[f"{refusal.code}{why(refusal)}"] += 1
        return self.done

    def asking(self, person, *what):
        return Asking(
            person=person,
            key=f"{self.seed}-{self.turn}",
            what=digest_of(*what),
            now=NOW,
            door="page",
            write=lambda outcome: (200, type(outcome).__name__),
        )

    def buys(self, person):
        thing = self.dice.choice(self.things)
        asking = self.asking(person, "buy", thing.slug)
        request_purchase(asking=asking, thing=thing, expected_credits=thing.price, allow_duplicate=True)

    def downloads(self, person):
        chosen = self.dice.sample(self.assets, 2)
        wanted = [Wanted(one) for one in chosen]
        download(customer=person, wanted=wanted, told="", door="page", now=NOW)

    def refunds(self, person):
        purchase = Purchase.objects.owned_by(person).to_judge().order_by("?").first()
        if purchase:
            expected = self.dice.choice([purchase.credits_spent, purchase.credits_spent // 2])
            asking = self.asking(person, "refund", purchase.number)
            request_refund(asking=asking, purchase=purchase, expected_credits=expected)

    def strikes(self, person):
        found = Download.objects.filter(customer=person, struck_at=None).order_by("?").first()
        if found:
            strike(download=found, by=self.agent, why="Broken", now=NOW)


def disagreements():
    with connection.cursor() as cursor:
        cursor.execute(DISAGREEMENTS)
        return cursor.fetchone()[0]


def hold(days, turns):
    """All of them at once; what each thread did or died of, and what the reader saw meanwhile."""
    ended, seen = [], []

    def live(day):
        try:
            return day.live(turns)
        finally:
            ended.append(day)

    def watch():
        while len(ended) < len(days):
            seen.append(disagreements())
            time.sleep(0.05)

    outcomes = together(*(partial(live, day) for day in days), watch, patience=60 + turns)
    return outcomes[:-1], seen


@pytest.fixture
def days(ada, ben, sam, oak, fern, moss, bark, forest):
    for person in (ada, ben):
        give(person, 5_000)
        give(person, 5_000, kind="promo", expires_in=30)
    assets = [oak, fern, moss, bark]
    return [Day(seed, [ada, ben], [*assets, forest], assets, sam) for seed in range(THREADS)]


@pytest.mark.parametrize("operations", [400, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_market_day_ends_with_every_law_intact(days, operations, figure):
    began = time.monotonic()
    outcomes, seen = hold(days, operations // THREADS)
    took = time.monotonic() - began
    for outcome in outcomes:
        assert isinstance(outcome, Counter), outcome
    done = sum(outcomes, Counter())
    assert set(seen) == {0}, "a reader saw a balance, an entry, a status or a counter that disagreed"
    # On a starved machine a lock may not be had in time, and whoever waited is told so; a ring is a mistake of ours.
    assert {code for code in done if code.startswith("busy")} <= {f"busy {LOCK_NOT_HAD}"}, done
    assert {"buys", "downloads", "refunds", "strikes"} <= set(done)
    call_command("check_ledger", stdout=StringIO())
    figure(
        f"market day: {operations} operations in {took:.1f} s, {len(seen)} looks of a reader, {dict(done)}"
    )


def test_twin_without_the_locks_the_day_ends_in_tears(days, no_locks):
    outcomes, seen = hold(days, 50)
    died = [outcome for outcome in outcomes if not isinstance(outcome, Counter)]
    assert died or any(seen) or disagreements()
