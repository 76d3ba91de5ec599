from collections.abc import Callable

import pytest
from django.urls import include, path
from playwright.sync_api import Page, expect

from config.urls import urlpatterns as store

# The page exists with DEBUG only; here it is hung into the store so that the browser can see it.
urlpatterns = [*store, path("", include("doors.shop.debug_urls"))]


@pytest.fixture(autouse=True)
def shown(settings: object) -> None:
    settings.ROOT_URLCONF = "tests.browser.test_styleguide"  # type: ignore[attr-defined]


def test_every_part_of_the_design_system_passes_on_phone_and_desk_in_light_and_dark(
    open_page: Callable[[str], Page], looks_right: Callable[[], None]
) -> None:
    page = open_page("/styleguide/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Design system")
    looks_right()


def test_the_first_key_offers_to_skip_to_the_content(open_page: Callable[[str], Page]) -> None:
    page = open_page("/styleguide/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_text_field_says_how_much_room_is_left(open_page: Callable[[str], Page]) -> None:
    page = open_page("/styleguide/")
    page.get_by_label("What happened?").first.fill("x" * 1999)
    expect(page.get_by_text("1 character left", exact=True)).to_be_visible()


def test_the_dialog_opens_with_a_button_and_closes_with_escape(open_page: Callable[[str], Page]) -> None:
    page = open_page("/styleguide/")
    dialog = page.get_by_role("dialog")
    page.get_by_role("button", name="Open the dialog").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_on_a_phone_the_way_around_folds_into_a_menu(page: Page, open_page: Callable[[str], Page]) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_page("/styleguide/")
    menu = page.get_by_role("navigation", name="Main menu")
    expect(menu).to_be_hidden()
    page.get_by_text("Menu", exact=True).click()
    expect(menu.get_by_role("link", name="Sign in")).to_be_visible()
