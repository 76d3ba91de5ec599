"""A browser for those tests that need to see a page: the system's Chromium, which reaches nothing but the store."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils.crypto import get_random_string
from playwright.sync_api import ConsoleMessage, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User

# Playwright keeps an event loop in the tests' own thread, where Django would refuse to use the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MILLISECONDS = 10_000
expect.set_options(timeout=WAIT_MILLISECONDS)
# What WCAG 2.2 AA asks for, as far as a program can see it.
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
# Dark pages differ from light ones in their colours alone, and these are the rules among those that look at colours.
RULES_OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Drawing up what has passed, element by element, takes longer than the looking; the styles are all the store's own.
LOOK = """rules => axe.run({runOnly: rules, resultTypes: ["violations"], preload: false})
    .then(({violations}) => ({violations}))"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder runs in the browser's leg, whether it says so or not."""
    for item in items:
        if "tests/browser/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    assert path, "Chromium is missing: install the package chromium, or set CHROMIUM to the browser's path."
    return {**browser_type_launch_args, "executable_path": path, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}


@pytest.fixture(autouse=True)
def nothing_said_on_the_console(page: Page) -> Iterator[None]:
    """A blocked style, a broken script, a missing file: the console hears of it, and the test fails."""
    heard: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # A form that says what is wrong with it answers 409 or 422, which Chromium mentions on the console.
        meant = "status of 409" in message.text or "status of 422" in message.text
        if message.type in {"error", "warning"} and not meant:
            heard.append(f"{message.text} ({message.location.get('url', '')})")

    page.set_default_timeout(WAIT_MILLISECONDS)
    page.on("console", listen)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield
    assert heard == []


@pytest.fixture
def open_page(page: Page, live_server: LiveServer) -> Callable[[str], Page]:
    """Open one of the store's addresses."""

    def go(address: str) -> Page:
        answer = page.goto(f"{live_server.url}{address}")
        assert answer
        assert answer.ok, f"{address} answered {answer.status}"
        return page

    return go


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer) -> Callable[[User], None]:
    """Give the browser the session of a person, without the way through the form."""

    def as_person(user: User) -> None:
        client = Client()
        client.force_login(user)
        # Signing in through the form sets both cookies; with one alone, two tabs would each be given another token.
        cookies = {"sessionid": client.cookies["sessionid"].value, "csrftoken": get_random_string(32)}
        page.context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )

    return as_person


@pytest.fixture
def looks_right(page: Page) -> Callable[[], None]:
    """Hold the open page against the rules for every page: on a phone and a desk, in light and dark."""

    def check() -> None:
        page.evaluate(Axe().axe_script)
        for width, height in ((390, 844), (1280, 900)):
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{page.url} scrolls sideways by {wide} pixels at a width of {width}"
            for scheme, rules in (("light", RULES), ("dark", RULES_OF_COLOURS)):
                page.emulate_media(color_scheme=scheme)
                found = AxeResults(page.evaluate(LOOK, rules))
                assert found.violations_count == 0, f"{scheme}, {width} wide: {found.generate_report()}"

    return check
