"""Every address of the store, everybody who may come to it, and somebody else's thing behind it.

A route without a row in `addresses.py` fails, and so does a row without a route. Where the answer is 404 it must have
the very bytes of the page for a thing that never was, and whatever is refused leaves every row of the database as it was.
"""

import logging
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from tests import world
from tests.adas_things import Browser, everything, forgotten, things
from tests.addresses import IN, ROWS, TO, Row, address, found

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def without_a_line_for_each_no():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


# Routes without a name of their own: the admin's short address of a row leads to its change page, and two say that
# there is nothing.
NAMELESS = re.compile(r"admin/\w+/\w+/<path:object_id>/|admin/\(\?P<url>\.\*\)\$")
NOTHING_THERE = {"api_not_here"}
NEVER_WAS = {
    "number": "C99999999", "invoice": "IN019999999999", "pk": 999_999, "slug": "nothing", "asset": "nothing",
    "ref": "A" * 24, "token": "nothing",
}  # fmt: skip


def routes(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    for one in patterns or get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from routes(one.url_patterns, prefix + str(one.pattern), inner)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name}" if one.name else "", prefix + str(one.pattern)


def test_every_address_has_its_row_and_every_row_its_address():
    named = {name for name, _ in routes() if name} - NOTHING_THERE
    assert named == set(ROWS)
    assert [pattern for name, pattern in routes() if not name and not NAMELESS.fullmatch(pattern)] == []


@pytest.fixture
def w(grove, quarry):
    return things(grove=grove, quarry=quarry)


def address_of_nothing(w: SimpleNamespace, name: str) -> str:
    """The same address, for things that never were."""
    parts = {part: found(w, where) for part, where in ROWS[name].at.items()}
    of_purchase = str(parts.get("number", "")).startswith("IN")
    ghosts = {part: NEVER_WAS.get(part, value) for part, value in parts.items()}
    if of_purchase:
        ghosts["number"] = NEVER_WAS["invoice"]
    return reverse(name, kwargs=ghosts)


def send(client: Client, method: str, name: str, path: str) -> Any:
    if method == "get":
        return client.get(path)
    if name.startswith("api_"):
        return client.post(
            path, ROWS[name].body, content_type="application/json", headers={"Idempotency-Key": "k"}
        )
    return client.post(path, ROWS[name].body)


def as_told(response: Any) -> int | str:
    if response.status_code in {301, 302, 303}:
        return IN if response["Location"].startswith("/sign-in/?") else TO
    return response.status_code


def read(response: Any) -> bytes:
    """The page; only the token against forged forms is another one with every request."""
    return re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", b"".join(response))


REFUSED = {IN, TO, 401, 403, 404, 405, 415}


def everywhere(
    w: SimpleNamespace, person: str, browser: Browser, rows: dict[str, Row] = ROWS
) -> dict[str, object]:
    """Whatever answers other than its row says."""
    wrong: dict[str, object] = {}
    for method in ("get", "post"):
        before = everything()
        for name, expected in rows.items():
            answer = getattr(expected, method)[person]
            path = address(w, name)
            if answer in REFUSED - {TO} or method == "get":
                response = send(browser.client(), method, name, path)
            else:
                with forgotten():
                    response = send(browser.client(), method, name, path)
            if as_told(response) != answer:
                wrong[f"{method} {name}"] = (as_told(response), "instead of", answer)
            elif answer == 404 and expected.at:
                nothing = send(browser.client(), method, name, address_of_nothing(w, name))
                if (nothing.status_code, read(nothing)) != (404, read(response)):
                    wrong[f"{method} {name}"] = "differs from what never was"
        after = everything()
        if changed := [table for table in after if after[table] != before[table]]:
            wrong[method] = f"{changed} changed"
    return wrong


def test_visitors(w):
    assert everywhere(w, "visitor", Browser()) == {}


@pytest.mark.parametrize("name", ["ben", "ada", "quinn", "gil", "sam", "lea"])
def test_people(w, name):
    assert everywhere(w, name, Browser(getattr(w, name))) == {}


def works_here(name: str, **more: bool) -> Browser:
    person = world.person(name, is_staff=True, **more)
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return Browser(person)


def test_somebody_who_works_here_and_has_no_role(w):
    assert everywhere(w, "vic", works_here("Vic")) == {}


def test_a_superuser_changes_no_money_either(w):
    assert everywhere(w, "root", works_here("Root", is_superuser=True)) == {}


OWN_AND_DESK = {
    name: row for name, row in ROWS.items() if not name.startswith("admin:") and name != "download"
}


@pytest.mark.parametrize("name", ["ada", "gil", "lea"])
def test_a_living_session_ends_with_its_person(w, name):
    person = getattr(w, name)
    browser = Browser(person)
    person.is_active = False
    person.save()
    assert everywhere(w, "visitor", browser, OWN_AND_DESK) == {}


def test_links_handed_out_before_end_with_their_person_too(w):
    User.objects.filter(pk=w.ada.pk).update(is_active=False)
    assert Client().get(address(w, "download")).status_code == 404


def test_a_member_removed_a_minute_ago_is_a_customer_like_any_other(w):
    browser = Browser(w.gil)
    w.gil.memberships.all().delete()
    assert everywhere(w, "ben", browser, OWN_AND_DESK) == {}


def test_an_agent_whose_role_was_taken_is_a_customer_like_any_other(w):
    from accounts.people import change_role

    browser = Browser(w.sam)
    change_role(user=w.sam, role="", by=w.lea, why="Sam left.", now=w.now)
    assert everywhere(w, "ben", browser, OWN_AND_DESK) == {}


def test_whoever_signs_in_for_the_desk_lands_on_the_page_they_came_for(w):
    there = f"/admin/refunds/case/{w.open_case.number}/"
    visitor = Client()
    led = visitor.get(there, follow=True)
    assert led.redirect_chain[-1] == (f"/sign-in/?next={quote(there, safe='')}", 302)
    sam = Browser(w.sam).client()
    assert sam.get(f"/admin/login/?next={there}").url == there
    assert sam.get("/admin/login/?next=https://elsewhere.example/").url == "/admin/"
    customer = Browser(w.ada).client().get(there, follow=True)
    assert (customer.status_code, len(customer.redirect_chain)) == (403, 1)


def test_nothing_unsafe_passes_without_a_token_against_forged_forms(w):
    open_to_machines = {"verify_json"}
    browser = Browser(w.lea)
    before = everything()
    for name in set(ROWS) - open_to_machines:
        response = send(browser.client(enforce_csrf_checks=True), "post", name, address(w, name))
        assert response.status_code in {403, 404, 405}, (name, response.status_code)
    assert everything() == before
