"""Purchases and their downloads in the desk: verified, quoted, charged back, struck."""

from datetime import timedelta

import pytest

from refunds.models import Case, Refund, State
from storefront.models import Purchase, Status
from tests.desk.opening import text
from tests.refunds.requests import ask, unconfirmed, yes
from tests.world import balance, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_list_action_opens_a_manual_refund_request(as_sam, ada, oak, now):
    purchase = buy(ada, oak, days_ago=45, now=now)
    action = {"action": "open_manual_refund_request", "_selected_action": [str(purchase.pk)]}
    page = as_sam.post("/admin/storefront/purchase/", action)
    assert "What will happen" in text(page)
    assert Case.objects.count() == 0
    done = as_sam.post(
        "/admin/storefront/purchase/", {**action, "grounds": "out_of_window", "note": "She called."}
    )
    case = Case.objects.get()
    assert done["Location"] == f"/admin/refunds/case/{case.number}/"
    assert (case.state, case.opened_side) == (State.WAITING_FOR_PUBLISHER, "support")
    again = as_sam.post("/admin/storefront/purchase/", {**action, "grounds": "other", "note": "Again."})
    assert again.status_code == 409
    assert case.number in text(again)


@pytest.mark.parametrize("key", ["abc", "-1", "9" * 30, "999999"])
@pytest.mark.parametrize("action", ["verify_invoice", "open_manual_refund_request"])
def test_an_action_on_no_purchase_does_nothing(as_sam, ada, oak, now, action, key):
    buy(ada, oak, days_ago=45, now=now)
    answer = as_sam.post(
        "/admin/storefront/purchase/", {"action": action, "_selected_action": key}, follow=True
    )
    assert answer.status_code == 200
    assert "these 0 purchases" not in text(answer)
    assert Case.objects.count() == 0


def test_verify_invoice_from_the_list_and_by_any_spelling(as_sam, ada, oak, now):
    purchase = buy(ada, oak, now=now)
    action = {"action": "verify_invoice", "_selected_action": [str(purchase.pk)]}
    there = as_sam.post("/admin/storefront/purchase/", action)
    assert there["Location"] == f"/admin/verify-invoice/?number={purchase.number}"
    digits = purchase.number[2:]
    page = text(as_sam.get("/admin/verify-invoice/", {"number": f"in {digits[:6]}-{digits[6:]}"}))
    assert "Not downloaded" in page
    assert "ada@example.com" in page
    assert "no purchase with the number" in text(as_sam.get("/admin/verify-invoice/?number=IN019999999999"))
    assert "is no invoice number" in text(as_sam.get("/admin/verify-invoice/?number=hello"))


def test_a_purchase_is_quoted_as_of_any_instant(as_sam, ada, oak, now):
    purchase = buy(ada, oak, days_ago=45, now=now)
    address = f"/admin/storefront/purchase/{purchase.number}/"
    assert "The time for a refund is over" in text(as_sam.get(address))
    then = (now - timedelta(days=40)).strftime("%Y-%m-%dT%H:%M")
    assert "40 credits" in text(as_sam.get(address, {"at": then}))
    assert as_sam.get(address, {"at": "yesterday"}).status_code == 200


def test_a_charge_back_is_a_leads(client, as_sam, sam, lea, ada, oak, now):
    purchase = buy(ada, oak, now=now)
    address = f"/admin/storefront/purchase/{purchase.number}/charge-back/"
    assert as_sam.get(address).status_code == 403
    assert as_sam.post(address, {"why": "The bank says so."}).status_code == 403
    client.force_login(lea)
    assert "These licences end: Oak trees." in text(client.get(address))
    assert client.post(address, {"why": "The bank says so."}).status_code == 302
    purchase.refresh_from_db()
    assert (purchase.status, balance(ada)) == (Status.CHARGED_BACK, 0)
    assert client.post(address, {"why": "Again."}).status_code == 409


def test_duplicates_that_nobody_asked_about_are_listed_until_somebody_does(as_sam, ada, oak, fern, now):
    first = buy(ada, oak, days_ago=5, now=now)
    second = buy(ada, oak, days_ago=4, again=True, now=now)
    unconfirmed(second)
    knowingly = buy(ada, oak, days_ago=3, again=True, now=now)
    page = text(as_sam.get("/admin/duplicates/"))
    assert (first.number in page, second.number in page, knowingly.number in page) == (True, True, False)
    action = {"action": "open_manual_refund_request", "_selected_action": [str(second.pk)]}
    as_sam.post(
        "/admin/storefront/purchase/", {**action, "grounds": "duplicate_charge", "note": "Charged twice."}
    )
    assert Case.objects.get().state == State.WAITING_FOR_SUPPORT
    assert second.number not in text(as_sam.get("/admin/duplicates/"))
    case_page = text(as_sam.get(f"/admin/refunds/case/{Case.objects.get().number}/"))
    assert "duplicate charge" in case_page
    assert "overlap" in case_page


def test_the_strike_page_says_what_it_settles_and_the_post_settles_it(as_sam, sam, ada, oak, now):
    purchase = buy(ada, oak, days_ago=10, now=now)
    download = fetch(ada, oak, at=now - timedelta(days=9))
    case = ask(ada, purchase, "never_downloaded", now=now)
    address = f"/admin/storefront/download/{download.pk}/strike/"
    page = text(as_sam.get(address))
    assert "40 credits go back at once" in page
    assert case.number in page
    assert as_sam.post(address, {"why": ""}).status_code == 422
    done = as_sam.post(address, {"why": "The transfer broke off."})
    assert done["Location"] == f"/admin/refunds/case/{case.number}/"
    case.refresh_from_db()
    assert (case.state, balance(ada), Refund.objects.get().basis) == (State.APPROVED, 40, "policy")
    again = as_sam.post(address, {"why": "Once more."})
    assert again.status_code == 409
    assert "struck before" in text(again)


def test_several_downloads_are_struck_together(as_sam, ada, forest, oak, fern, moss, now):
    """Three of four downloaded: one strike alone would settle 55 too early; two together give what is right."""
    purchase = buy(ada, forest, days_ago=10, now=now)
    rows = [fetch(ada, asset, at=now - timedelta(days=9)) for asset in (oak, fern, moss)]
    case = ask(ada, purchase, "never_downloaded", now=now)
    address = f"/admin/storefront/download/{rows[0].pk}/strike/"
    assert "50 credits" not in text(as_sam.get(address, {"also": rows[1].pk})).split("Strike together")[0]
    as_sam.post(address, {"why": "Never asked for.", "also": [str(rows[1].pk)]})
    case.refresh_from_db()
    assert (case.state, balance(ada)) == (State.APPROVED, 60)


def test_a_download_of_a_refunded_purchase_is_not_struck(as_sam, ada, sam, gil, grove, oak, now):
    purchase = buy(ada, oak, days_ago=45, now=now)
    download = fetch(ada, oak, at=now - timedelta(days=44))
    case = ask(ada, purchase, now=now)
    yes(case, grove, gil, now=now)
    as_sam.post(f"/admin/refunds/case/{case.number}/approve/", {"credits": "40", "note": ""})
    answer = as_sam.post(f"/admin/storefront/download/{download.pk}/strike/", {"why": "Too late."})
    assert answer.status_code == 409
    assert "compensation" in text(answer)


@pytest.mark.parametrize("status", [Status.PENDING, Status.CANCELLED])
def test_what_was_never_completed_is_shown_too_also_beside_what_is_owned(as_sam, ada, oak, now, status):
    buy(ada, oak, days_ago=45, now=now)
    purchase = buy(ada, oak, again=True, now=now)
    Purchase.objects.filter(pk=purchase.pk).update(status=status, completed_at=None)
    page = as_sam.get(f"/admin/storefront/purchase/{purchase.number}/")
    assert page.status_code == 200
    assert "Held twice" not in text(page)
    verified = as_sam.get(f"/admin/verify-invoice/?number={purchase.number}")
    assert verified.status_code == 200
    assert status.label in text(verified)
