"""Every page takes at most fourteen statements, for one row or for many, whoever reads it and however things stand.

The addresses are those of `ROWS` in addresses.py, so a new page is counted too; what a page shows in another state of
a purchase or a request stands here. Staff have a second factor, as in a store that is open.
"""

import logging
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.keys import make_key
from refunds.verification import verify
from storefront.models import Bundle, Purchase
from tests import world
from tests.adas_things import Browser, things
from tests.addresses import ROWS, address
from tests.refunds.requests import approve, ask, request, unconfirmed, yes
from tests.statements import asked_by
from tests.test_many_rows import fill

pytestmark = pytest.mark.django_db
MOST = 14
READERS = ("visitor", "ada", "gil", "sam", "lea")
FEW, MANY = 2, 12
# What operators ask is no page.
NO_PAGES = {"healthz", "readyz", "metrics"}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def w(grove: Any, quarry: Any, settings: Any) -> SimpleNamespace:
    w = things(grove=grove, quarry=quarry)
    settings.STAFF_SECOND_FACTOR = True
    for person in (w.sam, w.lea):
        Authenticator.objects.create(user=person, type="totp", data={"secret": "of-the-app"})
    w.browsers = {name: Browser(getattr(w, name, None)) for name in READERS}
    return w


def counted(w: SimpleNamespace, reader: str, path: str) -> int:
    def read() -> None:
        response = w.browsers[reader].client().get(path)
        assert response.status_code == 200, (reader, path, response.status_code)
        b"".join(response)

    return len(asked_by(read))


def pages(w: SimpleNamespace) -> Iterator[tuple[str, str]]:
    for name, row in ROWS.items():
        if name not in NO_PAGES:
            yield from ((reader, address(w, name)) for reader in READERS if row.get[reader] == 200)


def more_rows(w: SimpleNamespace, count: int, *, start: int) -> None:
    """So many of everything that a page lists, and in everything that it shows."""
    fill(count, start=start, ada=w.ada, gil=w.gil, grove=w.grove)
    parts = [world.asset(f"p{start + n}", f"Part {n}", by=w.grove, price=3) for n in range(count)]
    wide = world.bundle(f"wide-{start}", "Wide", by=w.grove, price=count, holds=parts)
    held = Bundle.objects.get(slug="woods")
    for place, part in enumerate(parts, start=start + 10):
        held.parts.create(asset=part, position=place)
        world.member(f"Member {start + place}", w.grove)
        make_key(owner=w.gil, publisher=w.grove, name=f"Key {place}", now=w.now)
    w.wide = world.buy(w.ada, wide, days_ago=8, downloaded=parts, now=w.now)
    verify(publisher=w.grove, numbers=[w.wide.number], by=w.gil, door="page", now=w.now)
    twice = world.person(f"Twice {start}")
    for part in parts:
        world.buy(twice, part, days_ago=4, now=w.now)
        unconfirmed(world.buy(twice, part, days_ago=3, again=True, now=w.now))


def states(w: SimpleNamespace) -> dict[str, str]:
    """Cases in their states, each by its number."""
    found = {}
    grounds = {"at support": "server_error", "about credits": "credits_wrong", "of publishers": "defective"}
    for n, (state, why) in enumerate(grounds.items()):
        asset = world.asset(f"s{n}", f"State {n}", by=w.grove, price=10)
        bought = world.buy(w.ada, asset, days_ago=50, now=w.now)
        found[state] = ask(w.ada, bought, why, key=state, now=w.now).number
    asset = world.asset("twin", "Twin", by=w.grove, price=10)
    world.buy(w.ada, asset, days_ago=4, downloaded=[asset], now=w.now)
    again = world.buy(w.ada, asset, days_ago=3, again=True, now=w.now)
    unconfirmed(again)
    again = Purchase.objects.get(pk=again.pk)
    found["bought twice"] = ask(w.ada, again, "duplicate_charge", key="twice", now=w.now).number
    asset = world.asset("asked", "Asked for", by=w.grove, price=10)
    bought = world.buy(w.ada, asset, days_ago=2, now=w.now)
    found["asked for by a publisher"] = request(w.gil, w.grove, bought, key="asked", now=w.now).number
    asset = world.asset("paid", "Paid back", by=w.grove, price=10)
    case = ask(w.ada, world.buy(w.ada, asset, days_ago=60, now=w.now), key="paid", now=w.now)
    yes(case, w.grove, w.gil, now=w.now)
    approve(case, w.sam, 10, note="Gladly.", now=w.now)
    found["approved"] = case.number
    asset = world.asset("second", "Looked at again", by=w.grove, price=10)
    case = ask(w.ada, world.buy(w.ada, asset, days_ago=60, now=w.now), "server_error", key="2nd", now=w.now)
    approve(case, w.sam, 10, note="Our log shows it.", now=w.now)
    found["proposed"] = case.number
    return found


ACTS = (
    "approve",
    "reject",
    "answer",
    "ask-publisher",
    "assign",
    "hand-over",
    "note",
    "message",
    "confirm",
    "take-back",
)


def in_other_states(w: SimpleNamespace) -> Iterator[tuple[str, str]]:
    for state, number in states(w).items():
        yield "sam", f"/admin/refunds/case/{number}/"
        yield from (("lea", f"/admin/refunds/case/{number}/{act}/") for act in ACTS if _fits(act, state))
        yield "ada", f"/cases/{number}/"
        if state in {"of publishers", "asked for by a publisher", "approved"}:
            yield "gil", f"/portal/refunds/{number}/"
    for bought in (w.refunded, w.taken_back, w.too_old, w.wide):
        yield "ada", f"/purchases/{bought.number}/"
        yield "ada", f"/purchases/{bought.number}/refund/"
        yield "sam", f"/admin/storefront/purchase/{bought.number}/"
        yield "sam", f"/admin/storefront/purchase/{bought.number}/?at=2020-01-01"
        yield "gil", f"/portal/refunds/new/?invoice={bought.number}"
        yield "sam", f"/admin/verify-invoice/?number={bought.number}"
    yield "ada", "/?q=oak"
    yield "ada", f"/cases/new/?invoice={w.too_old.number}"
    yield "ada", f"/purchases/{w.bought.number}/?bought"
    yield "lea", reverse("admin:storefront_bundle_changelist") + "?q=woods"
    yield "sam", "/admin/refunds/case/?state=all&whose=mine"
    yield "gil", "/portal/invoices/?q=IN"
    yield "gil", "/portal/sales/?month=2026-11"


def _fits(act: str, state: str) -> bool:
    """An approval is about a purchase."""
    return act != "approve" or state != "about credits"


def test_every_page_takes_at_most_fourteen_statements_and_no_more_for_many_rows(w, figure):
    more_rows(w, FEW, start=0)
    others = list(in_other_states(w))
    few = {page: counted(w, *page) for page in [*pages(w), *others]}
    more_rows(w, MANY, start=FEW)
    many = {page: counted(w, *page) for page in few}
    assert {page: count for page, count in many.items() if count > MOST} == {}
    assert {page: (few[page], count) for page, count in many.items() if count > few[page]} == {}
    dearest = max(many, key=lambda page: many[page])
    figure(f"{len(many)} pages: at most {many[dearest]} statements ({dearest[1]})")
