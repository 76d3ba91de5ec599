from http import HTTPStatus
from typing import Any

import pytest
from django.template.loader import get_template
from django.test import Client

from accounts.models import User


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503"])
def test_a_page_for_trouble_needs_neither_a_request_nor_the_database(name: str) -> None:
    page = get_template(f"{name}.html").render()
    assert page.count("<h1>") == 1
    assert "support@store.example" in page
    assert "!" not in page.replace("<!doctype html>", "")


def test_what_is_not_there_is_told_plainly_and_leads_on(client: Client, ada: User) -> None:
    client.force_login(ada)
    answer = client.get("/nothing-of-this-name/")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is no page here" in answer.text
    assert 'href="/purchases/"' in answer.text


@pytest.mark.parametrize("address", ["/nothing-of-this-name/", "/purchases/IN019999999999/", "/assets/none/"])
def test_a_demo_store_too_tells_of_a_missing_page_in_its_own_look(
    client: Client, ada: User, settings: Any, address: str
) -> None:
    settings.DEBUG = True
    client.force_login(ada)
    answer = client.get(address)
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert "There is no page here" in answer.text


def test_a_stale_form_says_that_nothing_was_changed(ada: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    answer = strict.post("/profile/", {"name": "Eve", "time_zone": "UTC", "language": "en"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "nothing was changed" in answer.text
    ada.refresh_from_db()
    assert ada.name == "Ada"


def test_a_refusal_is_one_sentence_and_the_way_back() -> None:
    page = get_template("refused.html").render({"refusal": "Nothing was <b>done</b>."})
    assert "Nothing was &lt;b&gt;done&lt;/b&gt;." in page
    assert 'href="/"' in page
