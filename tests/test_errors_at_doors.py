"""Every no of every room, walked to the main act of every door: told in its own sentence, and never a server error."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from accounts.keys import make_key
from accounts.models import Publisher, User
from ground.refusals import Refusal
from storefront.models import Asset, Bundle
from tests.api.test_errors import every_refusal, raised
from tests.world import NOW, buy, give

Post = Callable[[], Any]


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.middleware.timezone.now", lambda: NOW)


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def walk(monkeypatch: pytest.MonkeyPatch, service: str, post: Post) -> None:
    for kind in every_refusal():
        refusal = raised(kind)

        def never(*_: object, no: Refusal = refusal, **__: object) -> None:
            raise no

        with monkeypatch.context() as patch:
            patch.setattr(service, never)
            response = post()
        assert 400 <= response.status_code < 500, (kind, response.status_code)
        assert escape(str(refusal)) in response.content.decode(), (kind, service)


def test_buying(ada: User, fern: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    give(ada, 100)
    client = signed_in(ada)
    form = {"credits": 30, "key": uuid.uuid4().hex}
    walk(
        monkeypatch,
        "doors.shop.views.buying.request_purchase",
        lambda: client.post("/assets/fern/buy/", form),
    )


def test_refunding(ada: User, fern: Asset, monkeypatch: pytest.MonkeyPatch) -> None:
    client, number = signed_in(ada), buy(ada, fern).number
    form = {"expected_credits": 30, "key": uuid.uuid4().hex}
    path = f"/purchases/{number}/refund/"
    walk(monkeypatch, "doors.shop.views.refunds.request_refund", lambda: client.post(path, form))


def test_downloading(ada: User, forest: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    buy(ada, forest)
    client = signed_in(ada)
    walk(
        monkeypatch,
        "doors.shop.views.library.request_download",
        lambda: client.post("/library/fern/download/", {}),
    )


def test_redeeming(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(ada)
    form = {"code": "WELCOME50", "key": uuid.uuid4().hex}
    walk(monkeypatch, "doors.shop.views.credits.redeem_code", lambda: client.post("/credits/redeem/", form))


def test_verifying_in_the_portal(gil: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = signed_in(gil)
    form = {"number": "IN010000000001"}
    walk(monkeypatch, "doors.portal.views.invoices.verify", lambda: client.post("/portal/invoices/", form))


def test_the_older_tools_get_one_plain_line(
    gil: User, grove: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ground.refusals import Busy
    from refunds.guesses import TooManyLookUps

    key = make_key(owner=gil, publisher=grove, now=NOW)[1]
    for refusal, status in (
        (Busy(), 503),
        (TooManyLookUps(seconds=7, what="numbers", limit=1, window="a", wait="b"), 429),
    ):

        def never(*_: object, no: Refusal = refusal, **__: object) -> None:
            raise no

        with monkeypatch.context() as patch:
            patch.setattr("doors.portal.verify.verify", never)
            said = Client().get(f"/publisher/v1/invoice/verify.json?key={key}&invoice=IN010000000001")
        assert (said.status_code, said["Content-Type"]) == (status, "text/plain")
        assert said["Retry-After"]
