"""The desk in a browser: its look under the rules for every page, and its keys."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from refunds.models import Case
from storefront.models import Asset
from tests.refunds.requests import ask
from tests.world import buy


@pytest.fixture
def waiting(ada: User, ben: User, oak: Asset, fern: Asset) -> list[Case]:
    """Two requests, the more urgent first."""
    now = timezone.now()
    return [
        ask(ada, buy(ada, oak, now=now), "server_error", now=now - timedelta(days=5), key="a"),
        ask(ben, buy(ben, fern, now=now), "server_error", now=now, key="b"),
    ]


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/refunds/case/", "/admin/storefront/purchase/", "/admin/verify-invoice/"]
)
def test_the_desk_looks_right(
    address: str,
    waiting: list[Case],
    sam: User,
    sign_in: Callable[[User], None],
    open_page: Callable[[str], Page],
    looks_right: Callable[[], None],
) -> None:
    sign_in(sam)
    page = open_page(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    looks_right()


def test_a_case_and_its_acts_look_right(
    waiting: list[Case],
    sam: User,
    sign_in: Callable[[User], None],
    open_page: Callable[[str], Page],
    looks_right: Callable[[], None],
) -> None:
    sign_in(sam)
    for page in ("", "approve/", "reject/"):
        open_page(f"/admin/refunds/case/{waiting[0].number}/{page}")
        looks_right()


def test_sam_works_the_queue_without_a_mouse(
    waiting: list[Case], sam: User, sign_in: Callable[[User], None], open_page: Callable[[str], Page]
) -> None:
    sign_in(sam)
    page = open_page("/admin/refunds/case/")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=waiting[0].number)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name=waiting[1].number)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/refunds/case/{waiting[1].number}/")
    page.keyboard.press("g")
    page.keyboard.press("q")
    page.wait_for_url("**/admin/refunds/case/")


def test_keys_stay_letters_while_sam_types(
    waiting: list[Case], sam: User, sign_in: Callable[[User], None], open_page: Callable[[str], Page]
) -> None:
    sign_in(sam)
    page = open_page("/admin/refunds/case/")
    page.keyboard.press("/")
    page.keyboard.type("jgq")
    expect(page.locator(".is-here")).to_have_count(0)
    expect(page.locator("input:focus")).to_have_value("jgq")
