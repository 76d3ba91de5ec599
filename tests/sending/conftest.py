"""People with their browsers, through which anything may be sent to the store."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.adas_things import Browser, things


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def w(grove, quarry):
    return things(grove=grove, quarry=quarry)


@pytest.fixture
def say(w):
    """Sends a form as one of the people."""
    browsers = {name: Browser(getattr(w, name)) for name in ("ada", "gil", "sam", "lea")} | {"": Browser()}

    def send(person: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> Any:
        return browsers[person].client().post(path.format(w=w), body or {}, **more)

    return send
