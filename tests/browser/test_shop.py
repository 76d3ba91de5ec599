"""Buying and downloading as people do it, with JavaScript and without."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Publisher, User
from storefront.models import Asset, Bundle, Download, Purchase
from tests.world import asset, balance, bundle, buy, fetch, give

Open = Callable[[str], Page]
SignIn = Callable[[User], None]
both_ways = pytest.mark.parametrize(
    "scripted",
    [
        pytest.param(True, id="with-javascript"),
        pytest.param(
            False,
            id="without-javascript",
            marks=pytest.mark.browser_context_args(java_script_enabled=False),
        ),
    ],
)


@both_ways
def test_ada_buys_a_bundle(
    scripted: bool, open_page: Open, sign_in: SignIn, ada: User, forest: Bundle
) -> None:
    give(ada, 100, now=timezone.now())
    sign_in(ada)
    page = open_page("/")
    page.get_by_role("link", name="Forest", exact=True).click()
    page.get_by_role("link", name="Buy for 80 credits").click()
    expect(page.get_by_text("Balance after")).to_be_visible()
    page.get_by_role("button", name="Buy for 80 credits").click()

    page.wait_for_url("**/purchases/IN010000000001/?bought")
    expect(page.get_by_role("status")).to_contain_text("You bought Forest for 80 credits. Your balance is 20")
    assert (balance(ada), Purchase.objects.count()) == (20, 1)


@both_ways
def test_ada_buys_again_only_with_a_tick(
    scripted: bool, open_page: Open, sign_in: SignIn, ada: User, oak: Asset
) -> None:
    buy(ada, oak)
    give(ada, 40, now=timezone.now())
    sign_in(ada)
    page = open_page("/assets/oak/buy/")
    page.get_by_role("button", name="Buy for 40 credits").click()
    assert Purchase.objects.count() == 1
    page.get_by_label("Yes, buy it again").check()
    page.get_by_role("button", name="Buy for 40 credits").click()
    page.wait_for_url("**/purchases/IN010000000002/?bought")
    assert Purchase.objects.latest("id").allowed_duplicate


def test_ada_presses_twice_and_buys_once(open_page: Open, sign_in: SignIn, ada: User, forest: Bundle) -> None:
    give(ada, 200, now=timezone.now())
    sign_in(ada)
    page = open_page("/bundles/forest/buy/")
    page.get_by_role("button", name="Buy for 80 credits").dblclick()
    page.wait_for_url("**/purchases/**")
    assert (balance(ada), Purchase.objects.count()) == (120, 1)


@both_ways
def test_ada_goes_back_and_presses_again_and_is_led_to_the_same_purchase(
    scripted: bool, open_page: Open, sign_in: SignIn, ada: User, forest: Bundle
) -> None:
    give(ada, 200, now=timezone.now())
    sign_in(ada)
    page = open_page("/bundles/forest/buy/")
    key = page.locator("input[name=key]").get_attribute("value")
    page.get_by_role("button", name="Buy for 80 credits").click()
    page.wait_for_url("**/purchases/**")
    page.go_back()
    if page.locator("input[name=key]").get_attribute("value") == key:
        page.get_by_role("button", name="Buy for 80 credits").click()
        page.wait_for_url("**/purchases/IN010000000001/?bought")
    else:
        expect(page.get_by_label("Yes, buy it again")).to_be_visible()
    assert (balance(ada), Purchase.objects.count()) == (120, 1)


@both_ways
def test_ada_downloads_an_asset_with_what_it_requires(
    scripted: bool, open_page: Open, sign_in: SignIn, ada: User, forest: Bundle, tmp_path: Path
) -> None:
    buy(ada, forest, now=timezone.now())
    sign_in(ada)
    page = open_page("/library/")
    page.get_by_role("link", name="Download Oak trees").click()
    expect(page.get_by_label("Bark")).to_be_checked()
    assert Download.objects.count() == 0
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your files are ready")
    with page.expect_download() as coming:
        page.get_by_role("link", name="Save oak.zip").click()
    assert coming.value.suggested_filename == "oak.zip"
    coming.value.save_as(tmp_path / "oak.zip")
    assert (tmp_path / "oak.zip").read_bytes().startswith(b"PK")
    assert list(Download.objects.values_list("asset__slug", "cause")) == [
        ("oak", "direct"),
        ("bark", "dependency"),
    ]
    assert "counts from the moment you press the button" in Download.objects.all()[0].told


@both_ways
def test_ada_unticks_what_comes_along(
    scripted: bool, open_page: Open, sign_in: SignIn, ada: User, forest: Bundle
) -> None:
    buy(ada, forest, now=timezone.now())
    sign_in(ada)
    page = open_page("/library/oak/download/")
    page.get_by_label("Bark").uncheck()
    page.get_by_role("button", name="Download").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your file is ready")
    assert [one.asset.slug for one in Download.objects.all()] == ["oak"]


def test_the_shelves_follow_what_is_typed(open_page: Open, forest: Bundle) -> None:
    page = open_page("/")
    page.evaluate("window.same = true")
    page.get_by_label("Search").press_sequentially("fern")
    expect(page.get_by_role("link", name="Oak trees")).to_have_count(0)
    expect(page.get_by_role("link", name="Ferns")).to_be_visible()
    assert page.evaluate("window.same"), "the page itself was not loaded anew"
    assert "q=fern" in page.url


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_the_shelves_are_searched_without_javascript(open_page: Open, forest: Bundle) -> None:
    page = open_page("/")
    page.get_by_label("Search").fill("fern")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="Oak trees")).to_have_count(0)
    expect(page.get_by_role("link", name="Ferns")).to_be_visible()


def test_the_purchase_id_is_copied(open_page: Open, sign_in: SignIn, ada: User, oak: Asset) -> None:
    buy(ada, oak)
    sign_in(ada)
    page = open_page("/purchases/IN010000000001/")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy purchase ID").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "IN010000000001"


def test_ada_buys_with_the_keyboard_alone(
    open_page: Open, sign_in: SignIn, ada: User, forest: Bundle
) -> None:
    give(ada, 100, now=timezone.now())
    sign_in(ada)
    page = open_page("/bundles/forest/")
    page.get_by_role("link", name="Buy for 80 credits").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/bundles/forest/buy/")
    page.get_by_role("button", name="Buy for 80 credits").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/purchases/IN010000000001/?bought")


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/?q=nothing-like-it",
        "/publishers/grove/",
        "/assets/oak/",
        "/bundles/cliff/",
        "/assets/slate/buy/",
        "/bundles/forest/buy/",
        "/library/",
        "/library/oak/download/",
        "links",
        "/purchases/",
        "/purchases/IN010000000001/",
        "/purchases/IN010000000001/?bought",
    ],
)
def test_every_page_of_the_store_looks_right(
    address: str,
    open_page: Open,
    sign_in: SignIn,
    looks_right: Callable[[], None],
    ada: User,
    forest: Bundle,
    cliff: Bundle,
    oak: Asset,
) -> None:
    now = timezone.now()
    buy(ada, forest, days_ago=12, now=now)
    give(ada, 70, now=now)
    download = fetch(ada, oak, at=now)
    sign_in(ada)
    open_page(f"/library/downloads/{download.pk}/" if address == "links" else address)
    looks_right()


def test_a_title_without_a_space_stays_on_the_page(
    open_page: Open, page: Page, sign_in: SignIn, ada: User, grove: Publisher
) -> None:
    word = "Pneumonoultramicroscopicsilicovolcanoconiosis" * 4
    bark = asset("long-bark", word, by=grove, price=5)
    oak = asset("long-oak", f"Oak{word}", by=grove, price=5, requires=[bark])
    both = bundle("long", f"Both{word}", by=grove, price=8, holds=[oak, bark])
    now = timezone.now()
    purchase = buy(ada, both, downloaded=[oak], now=now)
    fetch(ada, bark, at=now, because_of=oak)
    buy(ada, bark, again=True, now=now)
    sign_in(ada)
    page.set_viewport_size({"width": 320, "height": 700})
    here = f"/purchases/{purchase.number}/"
    for address in (
        "/",
        "/bundles/long/",
        "/assets/long-oak/",
        "/library/",
        "/library/long-oak/download/",
        here,
    ):
        open_page(address)
        assert _too_wide(page) <= 0, address
    for number in ("IN010000000001", "IN010000000002"):
        open_page(f"/purchases/{number}/refund/")
        assert _too_wide(page) <= 0, number


def _too_wide(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
