"""Long lists cost what short ones cost: the same statements for 3 rows and for 300, none that counts a table, and pages
that stay where they are while rows are added."""

import json
import logging
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from outbox.models import Message
from refunds import cases
from refunds.models import LookUp
from refunds.services import request_refund
from tests import world
from tests.adas_things import STORY, asking

pytestmark = pytest.mark.django_db
FEW, MANY = 3, 297
LISTS = {
    "ada": [
        "/purchases/", "/library/", "/credits/", "/cases/",
        "/api/v1/purchases/", "/api/v1/credits/entries/", "/api/v1/cases/",
    ],
    "gil": ["/portal/refunds/", "/portal/sales/", "/portal/invoices/", "/portal/keys/look-ups/"],
    "sam": [
        "/admin/", "/admin/storefront/purchase/", "/admin/refunds/case/", "/admin/refunds/case/?state=all",
        "/admin/credits/wallet/", "/admin/storefront/download/", "/admin/refunds/refund/", "/admin/refunds/denial/",
        "/admin/outbox/message/", "/admin/storefront/purchaseitem/", "/admin/refunds/lookup/", "/admin/refunds/creditnote/",
        "/admin/accounts/user/", "/admin/storefront/asset/", "/admin/accounts/auditline/", "/admin/duplicates/",
        "/admin/storefront/purchase/?q=ada@example.com",
    ],
}  # fmt: skip


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def fill(count: int, *, start: int, ada, gil, grove) -> None:
    """So many of each: purchases of Ada's and of others, downloads, refunds, denials, requests, letters, look-ups."""
    now = timezone.now()
    for n in range(start, start + count):
        one = world.asset(f"a{n}", f"Asset {n}", by=grove, price=5)
        other = world.person(f"Customer {n}")
        bought = world.buy(ada, one, now=now, days_ago=50, downloaded=[one])
        request_refund(asking=asking(ada, f"d{n}", now), purchase=bought, expected_credits=5)
        cases.open_by_customer(
            asking=asking(ada, f"c{n}", now), purchase=bought, grounds="defective", message=STORY
        )
        back = world.buy(other, one, now=now, days_ago=1)
        request_refund(asking=asking(other, f"r{n}", now), purchase=back, expected_credits=5)
    LookUp.objects.bulk_create(
        LookUp(publisher=grove, by=gil, number="IN010000000001", hit=True, door="page", at=now)
        for _ in range(count)
    )


def statements(person, address: str) -> list[str]:
    client = Client()
    client.force_login(person)
    client.get("/")
    with CaptureQueriesContext(connection) as seen:
        response = client.get(address)
        assert response.status_code == 200, (address, response.status_code)
        b"".join(response)
    return [one["sql"] for one in seen]


def test_lists_take_the_same_statements_however_long_they_are(ada, gil, grove, sam, figure):
    people = {"ada": ada, "gil": gil, "sam": sam}
    fill(FEW, start=0, ada=ada, gil=gil, grove=grove)
    few = {(name, path): statements(people[name], path) for name, paths in LISTS.items() for path in paths}
    fill(MANY, start=FEW, ada=ada, gil=gil, grove=grove)
    many = {(name, path): statements(people[name], path) for name, paths in LISTS.items() for path in paths}
    grown = {key: (len(few[key]), len(many[key])) for key in few if len(many[key]) > len(few[key])}
    assert grown == {}
    counted = {
        path: sql
        for (_, path), said in many.items()
        for sql in said
        if re.match(r"SELECT COUNT\(\*\)", sql) and "WHERE" not in sql
    }
    assert counted == {}
    dearest = max(many, key=lambda key: len(many[key]))
    figure(f"{len(many)} lists of {MANY + FEW} rows: at most {len(many[dearest])} statements ({dearest[1]})")


@pytest.mark.parametrize("address", ["/purchases/", "/admin/storefront/purchase/", "/api/v1/purchases/"])
def test_pages_stay_where_they_are_while_rows_are_added(ada, sam, grove, address):
    now = timezone.now()
    one = world.asset("oak", "Oak", by=grove, price=5)
    before = [world.buy(ada, one, now=now - timedelta(hours=n), again=True).number for n in range(60, 0, -1)]
    client = Client()
    client.force_login(sam if "admin" in address else ada)
    first = client.get(address)
    world.buy(ada, one, now=now, again=True)
    seen, page = numbers(first), first
    while (older := link_to_older(page)) and len(seen) < 200:
        page = client.get(older if older.startswith(("/", "http")) else address + older)
        seen += numbers(page)
        world.buy(ada, one, now=timezone.now(), again=True)
    assert seen == before[::-1]


def numbers(page) -> list[str]:
    if page["Content-Type"].startswith("application/json"):
        return [row["invoice"] for row in json.loads(page.content)["results"]]
    return list(dict.fromkeys(re.findall(r"IN01\d{10}", page.content.decode())))


def link_to_older(page) -> str:
    if page["Content-Type"].startswith("application/json"):
        return json.loads(page.content)["next"] or ""
    if listed := page.context.get("cl"):
        return listed.older
    found = re.search(r'href="([^"]*\?[^"]*before=[^"]+)"', page.content.decode())
    return found[1].replace("&amp;", "&") if found else ""


def test_the_letters_of_the_desk_show_the_newest_fifty(sam):
    now = timezone.now()
    Message.objects.bulk_create(
        Message(template="receipt", to="ada@example.com", queued_at=now - timedelta(minutes=n), due_at=now)
        for n in range(60)
    )
    client = Client()
    client.force_login(sam)
    page = client.get("/admin/outbox/message/").content.decode()
    assert len(set(re.findall(r"/admin/outbox/message/[0-9a-f-]{36}/", page))) == 50
