"""Reading a page as its reader does, and pressing its button."""

import re
from typing import Any

from django.http import HttpResponse
from django.test import Client


def words(response: HttpResponse) -> str:
    """What a reader sees, with its white space made plain."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").split())


def hidden(response: HttpResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())
    assert found, f"the page carries no {name}"
    return found[1]


def press(browser: Client, address: str, page: HttpResponse, **changes: Any) -> HttpResponse:
    """Sends the form of a confirmation as it stands, but for what is changed."""
    fields = {"key": hidden(page, "key"), "credits": hidden(page, "credits"), **changes}
    return browser.post(address, fields)
