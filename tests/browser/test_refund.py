"""Request refund as a customer lives it, in a browser: the examples, questions and troubles of the written policy."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from refunds.models import Denial, Refund
from tests.world import asset, balance, bundle, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def ten(grove):
    """Ten assets of 10 credits each."""
    return [asset(f"stone-{n}", f"Stone {n}", by=grove, price=10) for n in range(1, 11)]


@pytest.fixture
def stones(grove, ten):
    return bundle("stones", "Ten stones", by=grove, price=100, holds=ten)


@pytest.fixture
def without_javascript(browser, browser_context_args, live_server, ada):
    """A page in which nothing but HTML works, with Ada signed in."""
    from django.test import Client

    client = Client()
    client.force_login(ada)
    context = browser.new_context(**browser_context_args, java_script_enabled=False)
    context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    yield context.new_page()
    context.close()


def ask(open_page, purchase) -> Page:
    """From the purchase's own page, by what everybody sees there: a link to the quote, or a button where it is a no."""
    page = open_page(f"/purchases/{purchase.number}/")
    page.get_by_role("link", name="Request refund").or_(
        page.get_by_role("button", name="Request refund")
    ).click()
    return page


class TestTheFiveExamples:
    def test_an_asset_never_downloaded_comes_back_whole(self, open_page, sign_in, ada, oak, now, looks_right):
        sign_in(ada)
        page = ask(open_page, buy(ada, oak, days_ago=3, now=now))
        expect(page.get_by_text("You get 40 credits back")).to_be_visible()
        page.get_by_role("button", name="Refund 40 credits").click()
        expect(page.get_by_role("heading", name="40 credits are back in your wallet")).to_be_visible()
        expect(page.locator(".head__balance").first).to_have_text("40")
        looks_right()
        assert balance(ada) == 40

    def test_an_asset_once_downloaded_is_denied(self, open_page, sign_in, ada, oak, now, looks_right):
        sign_in(ada)
        purchase = buy(ada, oak, days_ago=3, downloaded=[oak], now=now)
        page = ask(open_page, purchase)
        expect(page.get_by_text("This asset was downloaded")).to_be_visible()
        assert page.get_by_role("button", name="Refund").count() == 0
        open_page(f"/purchases/{purchase.number}/refund/")
        looks_right()

    def test_a_bundle_of_ten_untouched_comes_back_whole(self, open_page, sign_in, ada, stones, now):
        sign_in(ada)
        page = ask(open_page, buy(ada, stones, days_ago=3, now=now))
        page.get_by_role("button", name="Refund 100 credits").click()
        expect(page.get_by_role("heading", name="100 credits are back")).to_be_visible()

    def test_three_of_ten_are_deducted_and_kept(self, open_page, sign_in, ada, stones, ten, now, looks_right):
        sign_in(ada)
        purchase = buy(ada, stones, days_ago=3, downloaded=ten[:3], now=now)
        open_page(f"/purchases/{purchase.number}/refund/")
        looks_right()
        page = ask(open_page, purchase)
        page.get_by_role("button", name="Refund 70 credits").click()
        expect(page.get_by_role("heading", name="70 credits are back")).to_be_visible()
        expect(page.get_by_text("Please delete local copies")).to_be_visible()
        assert sorted(purchase.items.filter(revoked_at=None).values_list("title", flat=True)) == [
            "Stone 1",
            "Stone 2",
            "Stone 3",
        ]

    def test_six_of_ten_are_too_many(self, open_page, sign_in, ada, stones, ten, now):
        sign_in(ada)
        page = ask(open_page, buy(ada, stones, days_ago=3, downloaded=ten[:6], now=now))
        expect(page.get_by_text("Too much of this bundle was downloaded")).to_be_visible()


class TestTheQuestions:
    def test_exactly_half_is_inside(self, open_page, sign_in, ada, stones, ten, now):
        sign_in(ada)
        page = ask(open_page, buy(ada, stones, days_ago=3, downloaded=ten[:5], now=now))
        page.get_by_role("button", name="Refund 50 credits").click()
        expect(page.get_by_role("heading", name="50 credits are back")).to_be_visible()

    def test_after_thirty_days_the_way_on_is_support(self, open_page, sign_in, ada, oak, now):
        sign_in(ada)
        purchase = buy(ada, oak, days_ago=31, now=now)
        page = ask(open_page, purchase)
        expect(page.get_by_text("The time for a refund is over")).to_be_visible()
        link = page.get_by_role("link", name="Ask support")
        assert link.get_attribute("href") == f"/cases/new/?invoice={purchase.number}&grounds=out_of_window"

    def test_a_refunded_purchase_is_not_refunded_again(self, open_page, sign_in, ada, oak, now):
        sign_in(ada)
        purchase = buy(ada, oak, days_ago=3, now=now)
        page = ask(open_page, purchase)
        page.get_by_role("button", name="Refund 40 credits").click()
        page.wait_for_url("**/done/")
        open_page(f"/purchases/{purchase.number}/refund/")
        expect(page.get_by_text("This purchase was already refunded")).to_be_visible()
        assert Refund.objects.count() == 1


class TestTheTroubles:
    def test_an_automatic_download_is_named_with_its_cause(self, open_page, sign_in, ada, bark, oak, now):
        sign_in(ada)
        buy(ada, oak, days_ago=4, now=now)
        purchase = buy(ada, bark, days_ago=3, now=now)
        fetch(ada, bark, at=now - timedelta(days=2), because_of=oak)
        page = ask(open_page, purchase)
        expect(page.get_by_text("because Oak trees requires it").first).to_be_visible()

    def test_a_second_tab_is_right_after_a_refresh_and_its_old_form_does_nothing(
        self, open_page, sign_in, ada, oak, now, context
    ):
        sign_in(ada)
        purchase = buy(ada, oak, days_ago=3, now=now)
        page = ask(open_page, purchase)
        stale = context.new_page()
        stale.goto(page.url.split("/purchases/")[0] + f"/purchases/{purchase.number}/refund/")
        page.get_by_role("button", name="Refund 40 credits").click()
        page.wait_for_url("**/done/")
        expect(stale.locator(".head__balance").first).to_have_text("0")
        stale.get_by_role("button", name="Refund 40 credits").click()
        expect(stale.get_by_text("This purchase was already refunded")).to_be_visible()
        expect(stale.locator(".head__balance").first).to_have_text("40")
        assert (Refund.objects.count(), Denial.objects.count(), balance(ada)) == (1, 1, 40)


def test_a_bundle_for_nothing_is_kept_unless_ada_insists(
    open_page, sign_in, ada, stones, ten, now, looks_right
):
    ten[0].price = 100
    ten[0].save()
    sign_in(ada)
    purchase = buy(ada, stones, days_ago=3, downloaded=ten[:1], now=now)
    page = open_page(f"/purchases/{purchase.number}/refund/")
    looks_right()
    expect(page.get_by_text("You would get 0 credits back")).to_be_visible()
    page.get_by_role("button", name="Refund 0 credits").click()
    expect(page.get_by_role("alert")).to_contain_text("tick this if it is what you want")
    page.get_by_role("link", name="Keep my bundle").click()
    page.wait_for_url(f"**/purchases/{purchase.number}/")
    assert Refund.objects.count() == 0


def test_all_of_it_works_without_javascript(without_javascript, live_server, ada, stones, ten, now):
    page = without_javascript
    purchase = buy(ada, stones, days_ago=3, downloaded=ten[:3], now=now)
    page.goto(f"{live_server.url}/purchases/{purchase.number}/")
    page.get_by_role("link", name="Request refund").click()
    page.wait_for_url("**/refund/")
    page.get_by_role("button", name="Refund 70 credits").click()
    expect(page.get_by_role("heading", name="70 credits are back")).to_be_visible()
    assert balance(ada) == 70


def test_all_of_it_works_by_keyboard(open_page, sign_in, ada, oak, now):
    sign_in(ada)
    page = open_page(f"/purchases/{buy(ada, oak, days_ago=3, now=now).number}/")
    page.get_by_role("link", name="Request refund").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("Enter")
    page.locator("dialog").get_by_role("button", name="Refund 40 credits").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/done/")
    assert balance(ada) == 40


def test_the_policy_page_looks_right(open_page, looks_right):
    open_page("/policy/?kind=bundle&size=10&spent=100&downloaded=10+15&days=3")
    looks_right()


@pytest.mark.parametrize("name", ["buy", "refund", "credits", "publishers"])
def test_the_guides_look_right(open_page, looks_right, name):
    open_page(f"/help/{name}/")
    looks_right()
