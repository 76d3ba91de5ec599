"""The API's page for people, drawn by a script that the Content-Security-Policy must let work, with nothing from outside."""

from collections.abc import Callable

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from doors.api.schema import whole_schema
from storefront.models import Asset


def test_every_operation_is_drawn_and_one_is_tried_without_a_byte_from_elsewhere(
    page: Page, open_page: Callable[[str], Page], live_server: LiveServer, fern: Asset
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_page("/api/v1/docs/")
    operations = sum(len(methods) for methods in whole_schema()["paths"].values())
    expect(page.locator(".opblock")).to_have_count(operations)
    page.get_by_role("button", name="GET /api/v1/assets/ List assets for sale").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(page.locator(".live-responses-table")).to_contain_text('"slug": "fern"')
    assert {url.split("/")[2] for url in asked if url.startswith("http")} == {live_server.url.split("/")[2]}
