"""My credits in a browser: with JavaScript and without, on a phone and a desk, in light and dark."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from credits.models import Code
from tests.world import balance, buy, give

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def history(ada, forest):
    now = timezone.now()
    give(ada, 300, days_ago=90, now=now)
    give(ada, 40, kind="promo", days_ago=40, expires_in=12.5, now=now)
    buy(ada, forest, days_ago=5, with_credits=False, now=now)
    Code.objects.create(code="WELCOME50", credits=50, created_at=now)


def test_the_page_looks_right(ada, history, sign_in, open_page, looks_right):
    sign_in(ada)
    page = open_page("/credits/")
    assert page.locator(".balance__figure").inner_text() == "260 credits"
    looks_right()


def test_an_empty_wallet_looks_right(ada, sign_in, open_page, looks_right):
    sign_in(ada)
    open_page("/credits/")
    looks_right()


def test_a_code_is_redeemed_by_keyboard_and_a_wrong_one_says_so(
    ada, history, sign_in, open_page, looks_right
):
    sign_in(ada)
    page = open_page("/credits/")
    page.get_by_role("textbox", name="Code").fill("nope")
    page.keyboard.press("Enter")
    page.wait_for_selector(".field__error")
    assert "This code does not work for your account." in page.locator(".field__error").inner_text()
    assert page.get_by_role("textbox", name="Code").input_value() == "nope"
    looks_right()
    page.get_by_role("textbox", name="Code").fill("welcome 50")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note--success")
    assert "50 credits arrived in your wallet." in page.locator(".note--success").inner_text()
    assert page.locator(".balance__figure").inner_text() == "310 credits"


def test_all_of_it_works_without_javascript(ada, history, sign_in, page, browser: Browser, live_server):
    sign_in(ada)
    cookies = page.context.cookies()
    with browser.new_context(java_script_enabled=False) as plain:
        plain.add_cookies(cookies)
        tab = plain.new_page()
        tab.goto(f"{live_server.url}/credits/")
        tab.get_by_role("textbox", name="Code").fill("WELCOME50")
        tab.get_by_role("button", name="Redeem").click()
        assert "50 credits arrived" in tab.locator(".note--success").inner_text()
        tab.get_by_text("The figures as a table").click()
        assert tab.locator(".chart table").is_visible()
        with tab.expect_download() as download:
            tab.get_by_text("lines as CSV").click()
        assert download.value.suggested_filename == "statement.csv"
    assert balance(ada) == 310
