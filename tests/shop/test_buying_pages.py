"""Buying, page by page: confirmation, the press, and every way in which it is not done."""

import pytest

from ground.models import Receipt
from ground.refusals import Busy, InProgress
from storefront.models import Bundle, Purchase
from tests.shop.reading import hidden, press, words
from tests.world import asset, balance, buy, give

pytestmark = pytest.mark.django_db


def test_the_confirmation_shows_price_balance_and_what_is_left(at_desk, ada, forest):
    give(ada, 100)
    said = words(at_desk.get("/bundles/forest/buy/"))
    assert "Your balance 100 Price \N{MINUS SIGN}80 Balance after 20 credits" in said
    assert "Buy for 80 credits" in said
    assert "already own" not in said


def test_one_press_buys_and_leads_to_the_purchase(at_desk, ada, forest):
    give(ada, 100)
    done = press(at_desk, "/bundles/forest/buy/", at_desk.get("/bundles/forest/buy/"))
    assert (done.status_code, done["Location"]) == (302, "/purchases/IN010000000001/?bought")
    said = words(at_desk.get(done["Location"]))
    assert "You bought Forest for 80 credits. Your balance is 20 credits." in said
    assert balance(ada) == 20


def test_pressing_twice_with_one_form_buys_once_and_leads_to_the_same_page(at_desk, ada, forest):
    give(ada, 200)
    page = at_desk.get("/bundles/forest/buy/")
    first = press(at_desk, "/bundles/forest/buy/", page)
    second = press(at_desk, "/bundles/forest/buy/", page)
    assert first["Location"] == second["Location"]
    assert (Purchase.objects.count(), balance(ada)) == (1, 120)


@pytest.mark.parametrize("refusal", [Busy, InProgress])
def test_a_store_that_is_busy_asks_to_press_again_with_the_same_key(
    at_desk, ada, forest, monkeypatch, refusal
):
    from doors.shop.views import buying

    def busy(**asked):
        raise refusal

    give(ada, 200)
    page = at_desk.get("/bundles/forest/buy/")
    monkeypatch.setattr(buying, "request_purchase", busy)
    told = press(at_desk, "/bundles/forest/buy/", page)
    assert (told.status_code, told["Retry-After"]) == (409, "1")
    assert str(refusal()) in words(told)
    assert hidden(told, "key") == hidden(page, "key")
    monkeypatch.undo()
    assert press(at_desk, "/bundles/forest/buy/", told).status_code == 302
    assert (Purchase.objects.count(), balance(ada)) == (1, 120)


def test_a_price_that_moved_is_shown_again_with_a_fresh_key(at_desk, ada, forest):
    give(ada, 200)
    page = at_desk.get("/bundles/forest/buy/")
    Bundle.objects.update(price=90)
    again = press(at_desk, "/bundles/forest/buy/", page)
    assert again.status_code == 409
    assert "The price is 90 credits now. Nothing was bought" in words(again)
    assert hidden(again, "key") != hidden(page, "key")
    assert press(at_desk, "/bundles/forest/buy/", again).status_code == 302
    assert balance(ada) == 110


def test_what_is_owned_is_told_and_buying_again_is_a_recorded_tick(at_desk, ada, oak):
    buy(ada, oak)
    give(ada, 100)
    page = at_desk.get("/assets/oak/buy/")
    assert "You already own this Oak trees, through IN010000000001" in words(page)
    refused = press(at_desk, "/assets/oak/buy/", page)
    assert refused.status_code == 409
    assert "You already own Oak trees. Nothing was bought" in words(refused)
    assert press(at_desk, "/assets/oak/buy/", refused, again="on").status_code == 302
    assert Purchase.objects.latest("id").allowed_duplicate


def test_a_bundle_says_how_much_of_it_is_owned(at_desk, ada, forest, oak):
    buy(ada, oak)
    give(ada, 100)
    page = at_desk.get("/bundles/forest/buy/")
    assert "You already own 1 of 4 Oak trees, through IN010000000001" in words(page)
    assert "buy it again" not in words(page)


def test_too_few_credits_are_told_before_anything_is_pressed(at_desk, ada, oak):
    give(ada, 39)
    page = at_desk.get("/assets/oak/buy/")
    assert "You would be short of 1 credit" in words(page)
    assert "You need 1 credit more" in words(page)
    assert 'name="key"' not in page.content.decode()
    forced = at_desk.post("/assets/oak/buy/", {"key": "k", "credits": "40"})
    assert forced.status_code == 409
    assert "costs 40 credits and you have 39" in words(forced)


def test_expired_credits_are_not_counted_as_balance(at_desk, ada, oak, now):
    give(ada, 40, expires_in=-1, now=now)
    assert "Your balance 0" in words(at_desk.get("/assets/oak/buy/"))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"key": "k"},
        {"credits": "40"},
        {"key": "k", "credits": "-1"},
        {"key": "k", "credits": "4e1"},
        {"key": "k", "credits": "99999999999999999999"},
        {"key": "k" * 256, "credits": "40"},
        {"key": "k\0", "credits": "40"},
    ],
)
def test_a_form_that_is_not_whole_buys_nothing(at_desk, ada, oak, fields):
    give(ada, 100)
    answer = at_desk.post("/assets/oak/buy/", fields)
    assert answer.status_code == 422
    assert "nothing was bought" in words(answer)
    assert (Purchase.objects.count(), Receipt.objects.count()) == (0, 0)


def test_nothing_is_assigned_that_the_form_does_not_ask(at_desk, ada, ben, oak):
    give(ada, 40)
    fields = {"key": "k", "credits": "40", "status": "refunded", "customer": ben.pk, "credits_spent": "1"}
    assert at_desk.post("/assets/oak/buy/", fields).status_code == 302
    purchase = Purchase.objects.get()
    assert (purchase.customer, purchase.status, purchase.credits_spent) == (ada, "completed", 40)


def test_a_free_asset_is_got_for_free(at_desk, ada, grove):
    asset("leaf", "Leaf", by=grove, price=0)
    page = at_desk.get("/assets/leaf/buy/")
    assert "Get it for free" in words(page)
    assert press(at_desk, "/assets/leaf/buy/", page).status_code == 302
