"""The history of purchases, one purchase's page, and its documents."""

import re
from datetime import timedelta

import pytest

from storefront.documents import document_pdf
from storefront.models import Purchase
from storefront.recording import record_purchase
from tests.refunds.requests import approve, ask, yes
from tests.shop.reading import words
from tests.world import NOW, asset, buy, fetch, give

pytestmark = pytest.mark.django_db


def test_the_history_is_paged_by_key_and_shows_everything_once(at_desk, ada, grove):
    leaf = asset("leaf", "Leaf", by=grove, price=0)
    for number in range(120):
        buy(ada, leaf, again=True, days_ago=(number // 3) + 1)
    seen, address = [], "/purchases/"
    for _ in range(5):
        page = at_desk.get(address)
        seen += re.findall(r'class="number">(IN\d{12})', page.content.decode())
        older = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        if not older:
            break
        address = f"/purchases/{older[1].replace('&amp;', '&')}"
    expected = Purchase.objects.order_by("-created_at", "-id").values_list("number", flat=True)
    assert seen == list(expected)
    newer = re.search(r'rel="prev" href="([^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    back = re.findall(r'class="number">(IN\d{12})', at_desk.get(f"/purchases/{newer}").content.decode())
    assert back == list(expected)[50:100]


@pytest.mark.parametrize(
    "wrong", ["?before=x", "?after=2026-01-01_1", "?before=_", "?before=2026-01-01T00:00:00Z_-1"]
)
def test_a_page_of_nowhere_is_the_newest(at_desk, ada, oak, wrong):
    buy(ada, oak)
    assert "Oak trees" in words(at_desk.get(f"/purchases/{wrong}"))


def test_no_purchases_yet(at_desk):
    assert "No purchases yet" in words(at_desk.get("/purchases/"))


def test_a_purchase_shows_its_id_items_downloads_and_story(at_desk, ada, sam, forest, oak, bark, now):
    from storefront.services import strike

    purchase = buy(ada, forest, days_ago=12, now=now)
    fetch(ada, oak, at=now - timedelta(days=11))
    along = fetch(ada, bark, at=now - timedelta(days=11), because_of=oak)
    strike(download=along, by=sam, why="The transfer broke off", now=now)
    said = words(at_desk.get(f"/purchases/{purchase.number}/"))
    for part in (
        "Purchase ID (invoice number) IN010000000001 Copy purchase ID",
        "Oak trees Grove Studio Downloaded 40 31",
        "Ferns Grove Studio Not downloaded 30 23",
        "Because Oak trees requires it Struck, does not count",
        "Oak trees version 1.0 You asked for it",
        "Downloaded Oak trees, Bark",
        "Bark came along, because Oak trees requires it.",
        "Download of Bark struck",
        "It no longer counts: The transfer broke off",
        "Invoice IN010000000001",
    ):
        assert part in said, part


@pytest.mark.django_db(transaction=True)
def test_the_time_line_says_who_asked_for_the_refund(at_desk, ada, sam, gil, grove, oak, fern, now):
    by_herself, by_support = buy(ada, oak, now=now), buy(ada, fern, days_ago=45, now=now)
    at_desk.post(f"/purchases/{by_herself.number}/refund/", {"key": "mine", "expected_credits": "40"})
    case = ask(ada, by_support, now=now)
    yes(case, grove, gil, now=now)
    approve(case, sam, 30, now=now)
    assert "Refunded +40 credits You" in words(at_desk.get(f"/purchases/{by_herself.number}/"))
    assert "Refunded +30 credits Support" in words(at_desk.get(f"/purchases/{by_support.number}/"))


def test_times_are_shown_in_the_readers_zone(at_desk, ada, oak):
    from datetime import UTC, datetime

    ada.time_zone = "Asia/Tokyo"
    ada.save()
    purchase = buy(ada, oak, now=datetime(2026, 3, 1, 20, 0, tzinfo=UTC))
    assert "Mon 2 Mar 2026, 05:00 JST" in words(at_desk.get(f"/purchases/{purchase.number}/"))


def test_the_invoice_is_the_document(at_desk, ada, oak):
    purchase = buy(ada, oak)
    answer = at_desk.get(f"/purchases/{purchase.number}/invoice.pdf")
    assert answer.content == document_pdf(purchase.number)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="IN010000000001.pdf"'
    assert at_desk.get("/purchases/in010000000001/invoice.pdf").status_code == 404


def test_a_pending_purchase_has_no_invoice_yet(at_desk, ada, oak):
    pending = record_purchase(
        customer=ada, thing=oak, spent=0, status="pending", number="IN990000000001", by=ada, at=NOW, now=NOW
    )
    said = words(at_desk.get(f"/purchases/{pending.number}/"))
    assert "Pending" in said
    assert "The invoice comes when the purchase is completed." in said
    assert at_desk.get(f"/purchases/{pending.number}/invoice.pdf").status_code == 404


@pytest.mark.parametrize(("address", "most"), [("/purchases/", 8), ("/library/", 14), ("/", 9)])
def test_a_list_takes_the_same_statements_however_long_it_is(
    at_desk, ada, grove, address, most, django_assert_max_num_queries
):
    leaves = [asset(f"leaf-{number}", f"Leaf {number}", by=grove, price=1) for number in range(24)]
    for leaf in leaves:
        buy(ada, leaf)
    with django_assert_max_num_queries(most):
        at_desk.get(address)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_other_method_does_anything(at_desk, oak, method):
    for address in ("/", "/assets/oak/", "/assets/oak/buy/", "/library/", "/purchases/"):
        assert getattr(at_desk, method)(address).status_code == 405


def test_unsafe_requests_need_the_forms_token(ada, oak):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    give(ada, 40)
    assert strict.post("/assets/oak/buy/", {"key": "k", "credits": "40"}).status_code == 403
    assert strict.post("/library/oak/download/", {}).status_code == 403
    assert Purchase.objects.count() == 0
