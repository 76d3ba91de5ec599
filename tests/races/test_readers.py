"""Whoever looks while something commits sees the store as it was before or as it is after, and never an error.

Each page is looked at again and again, each time with the act between two other of its statements.
"""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from credits.due import expire_credits
from doors import reading
from refunds.services import charge_back
from storefront.models import Asset, Purchase
from storefront.services import strike
from tests.races.looking import Between, seen
from tests.races.together import together
from tests.refunds.requests import approve, ask
from tests.refunds.test_refunding import ask as ask_refund
from tests.world import agent, buy, fetch, give

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STATEMENTS = 80


@dataclass(frozen=True)
class Scene:
    """A purchase, a request about it, and the people who look at them."""

    purchase: Purchase
    case: str
    lead: User


def a_moment_ago() -> datetime:
    """Before the page was asked for: a page says what is true at the instant at which it was asked for."""
    return timezone.now() - timedelta(seconds=5)


def refund(scene: Scene) -> None:
    purchase = scene.purchase
    ask_refund(
        purchase.customer,
        purchase,
        purchase.credits_spent,
        key=f"refund {purchase.number}",
        now=a_moment_ago(),
    )


def download(scene: Scene) -> None:
    fetch(scene.purchase.customer, scene.purchase.items.get().asset, at=a_moment_ago())


def charged_back(scene: Scene) -> None:
    charge_back(purchase=scene.purchase, by=scene.lead, why="The bank said so", now=a_moment_ago())


def approval(scene: Scene) -> None:
    case = scene.purchase.cases.get()
    approve(case, scene.lead, 40, note="", private_note="", now=a_moment_ago())


def struck(scene: Scene) -> None:
    """The download comes first; the page may see the store before it, after it, or with it struck."""
    made = fetch(scene.purchase.customer, scene.purchase.items.get().asset, at=a_moment_ago())
    strike(download=made, by=scene.lead, why="It came along by itself", now=a_moment_ago())


def expiry(scene: Scene) -> None:
    give(scene.purchase.customer, 5, days_ago=3, expires_in=-1, now=a_moment_ago())
    expire_credits(a_moment_ago())


ACTS = {"refund": refund, "download": download, "charge back": charged_back, "approval": approval}
AT_ANY_TIME = {**ACTS, "strike": struck, "expiry": expiry}
OF_THE_CUSTOMER = {
    "refund page": "/purchases/{number}/refund/",
    "purchase": "/purchases/{number}/",
    "purchases": "/purchases/",
    "library": "/library/",
    "request": "/cases/{case}/",
    "quote": "/api/v1/purchases/{number}/refund-quote/",
    "purchase, told to a program": "/api/v1/purchases/{number}/",
    "library, told to a program": "/api/v1/library/",
}
OF_THE_DESK = {
    "request in the desk": "/admin/refunds/case/{case}/",
    "approve": "/admin/refunds/case/{case}/approve/",
    "purchase in the desk": "/admin/storefront/purchase/{number}/",
}


class Looking:
    def __init__(self, client: Client, ada: User, oak: Asset) -> None:
        self.client, self.ada, self.oak = client, ada, oak
        self.lead = agent("Lea", lead=True)
        client.raise_request_exception = False

    def scene(self) -> Scene:
        now = a_moment_ago() - timedelta(seconds=5)
        purchase = buy(self.ada, self.oak, again=True, now=now)
        case = ask(self.ada, purchase, "server_error", key=purchase.number, now=now)
        return Scene(purchase, case.number, self.lead)

    def untrue(self, page: str, act: Callable[[Scene], None]) -> Iterator[tuple[int, int]]:
        """Where the page is neither that of before nor that of after: the statement, and the status."""
        self.client.force_login(self.lead if page.startswith("/admin/") else self.ada)
        for number in range(1, MOST_STATEMENTS):
            scene = self.scene()
            address = page.format(number=scene.purchase.number, case=scene.case)
            before = seen(self.client, address)
            between = Between(number, partial(act, scene))
            with connection.execute_wrapper(between):
                page_between = seen(self.client, address)
            if not between.happened:
                return
            if page_between not in (before, seen(self.client, address)):
                yield number, page_between[0]
        raise AssertionError("the page never ends")


@pytest.fixture
def looking(client: Client, ada: User, oak: Asset) -> Looking:
    return Looking(client, ada, oak)


@pytest.mark.parametrize(
    "act", ["refund", *(pytest.param(act, marks=pytest.mark.long) for act in ACTS if act != "refund")]
)
@pytest.mark.parametrize("page", {**OF_THE_CUSTOMER, **OF_THE_DESK})
def test_a_page_seen_while_something_commits_is_that_of_before_or_that_of_after(looking, page, act):
    assert list(looking.untrue({**OF_THE_CUSTOMER, **OF_THE_DESK}[page], ACTS[act])) == []


@pytest.mark.parametrize("page", ["refund page", "purchase"])
def test_without_the_snapshot_it_is_an_error(looking, monkeypatch, page):
    monkeypatch.setattr(reading, "snapshot", nullcontext)
    assert 500 in {status for _, status in looking.untrue(OF_THE_CUSTOMER[page], refund)}


@pytest.mark.postgres
@pytest.mark.parametrize("rounds", [60, pytest.param(10_000, marks=pytest.mark.long)])
def test_readers_of_every_page_while_everything_commits_never_meet_an_error(looking, ada, rounds, figure):
    """At any time, not between chosen statements: what a busy hour does by chance."""
    dice = random.Random(rounds)
    readers = []
    for person, pages in ((ada, OF_THE_CUSTOMER), (looking.lead, OF_THE_DESK)):
        client = Client(raise_request_exception=False)
        client.force_login(person)
        readers.append((client, list(pages.values())))
    seen_statuses: Counter[int] = Counter()
    for _ in range(rounds):
        scene, act = looking.scene(), dice.choice(list(AT_ANY_TIME.values()))
        visits = [
            (client, dice.choice(pages).format(number=scene.purchase.number, case=scene.case))
            for client, pages in readers
        ]
        results = together(
            partial(act, scene),
            *(partial(lambda c, a: c.get(a).status_code, client, address) for client, address in visits),
        )
        seen_statuses.update(status for status in results[1:] if isinstance(status, int))
        assert not [result for result in results if isinstance(result, Exception)]
    assert set(seen_statuses) == {200}
    figure(f"readers beside commits: {sum(seen_statuses.values())} pages, none an error")
