"""Nobody at the desk decides about their own purchase or their own publisher, whatever they post."""

import logging
from collections.abc import Iterator

import pytest

from accounts.people import give_role, join
from refunds import cases
from tests import world
from tests.adas_things import STORY, Browser, asking, everything, things

pytestmark = pytest.mark.django_db
NOTE = {"note": "Fine with me.", "private_note": "It is mine."}
ACTS = {
    "approve": {"credits": "40", **NOTE},
    "confirm": NOTE,
    "reject": NOTE,
    "answer": {"credits": "0", **NOTE},
    "ask-publisher": NOTE,
    "take-back": NOTE,
}


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def w(grove, quarry):
    return things(grove=grove, quarry=quarry)


@pytest.mark.parametrize("who", ["sam", "lea"])
def test_their_own_purchase_is_somebody_elses_to_decide(w, who):
    person = getattr(w, who)
    bought = world.buy(person, w.oak, days_ago=40, downloaded=[w.oak], now=w.now)
    own = cases.open_by_customer(
        asking=asking(person, "own", w.now), purchase=bought, grounds="defective", message=STORY
    ).outcome
    download = bought.downloads.get()
    browser = Browser(person)
    before = everything()
    for act, body in ACTS.items():
        response = browser.client().post(f"/admin/refunds/case/{own.number}/{act}/", body)
        assert response.status_code in {403, 409}, (act, response.status_code)
    for address in (
        f"/admin/storefront/download/{download.pk}/strike/",
        f"/admin/storefront/purchase/{bought.number}/charge-back/",
        f"/admin/accounts/user/{person.pk}/roles/",
        f"/admin/credits/wallet/{person.pk}/give/",
    ):
        body = {"why": "Because.", "role": "lead", "credits": "5", "kind": "promo"}
        assert browser.client().post(address, body).status_code in {403, 409}, address
    assert everything() == before


@pytest.mark.parametrize("role", ["agent", "lead"])
def test_their_own_publishers_items_are_somebody_elses_to_decide(w, role):
    give_role(user=w.gil, role=role)
    assert_may_not_decide(w, w.gil)


def test_who_joined_the_publisher_a_minute_ago_decides_no_more(w):
    join(user=w.sam, publisher=w.grove, now=w.now)
    assert_may_not_decide(w, w.sam)


def test_a_colleague_is_not_given_what_their_own_publisher_sold(w):
    give_role(user=w.gil, role="agent")
    browser = Browser(w.sam)
    before = everything()
    response = browser.client().post(f"/admin/refunds/case/{w.open_case.number}/assign/", {"to": w.gil.pk})
    assert response.status_code == 403
    assert everything() == before


def assert_may_not_decide(w, person) -> None:
    browser = Browser(person)
    before = everything()
    for act, body in ACTS.items():
        response = browser.client().post(f"/admin/refunds/case/{w.open_case.number}/{act}/", body)
        assert response.status_code in {403, 409}, (act, response.status_code)
    strike = f"/admin/storefront/download/{w.download.pk}/strike/"
    assert browser.client().post(strike, {"why": "Because."}).status_code == 403
    assert everything() == before
