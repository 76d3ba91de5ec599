"""Every route answers, and every error that the schema tells of happens: each answer is held against the schema."""

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from accounts.models import Publisher, User
from credits.models import MOST, Code
from doors.api.schema import whole_schema
from doors.problems import PROBLEMS
from ground.refusals import Busy, InProgress
from storefront.models import Asset, Bundle
from tests.api.conftest import Machine, Told, operation_of
from tests.world import NOW, asset, buy, give

WORDS = "The trees cast no shadow in my scene, whatever I try with them and the lights."


# The examples of the schema. After a change: KEEP_EXAMPLES=1, this test, and the schema anew.
EXAMPLES = Path(__file__).resolve().parents[2] / "doors/api/examples.json"


class Tour:
    """What was seen on the way."""

    def __init__(self) -> None:
        self.answered: set[str] = set()
        self.codes: set[str] = set()
        self.requests = 0
        self.examples: dict[str, dict[str, Any]] = {}

    def note(self, told: Told, sent: Any) -> None:
        self.requests += 1
        request = told.response.request
        route, operation = operation_of(request["REQUEST_METHOD"], request["PATH_INFO"])
        if operation and told.status < 300:
            self.answered.add(f"{request['REQUEST_METHOD']} {route}")
            self._keep(operation["operationId"], told, sent)
        self.codes |= set(re.findall(r'"code": "(\w+)"', told.bytes.decode("latin-1"))) & PROBLEMS.keys()

    def _keep(self, name: str, told: Told, sent: Any) -> None:
        """The first answer of each status, with a store's public address and no more than two rows of a list."""
        if told.kind != "application/json":
            return
        body = json.loads(told.bytes.decode().replace("http://testserver", "https://store.example"))
        if isinstance(body.get("results"), list):
            body["results"] = body["results"][:2]
        kept = self.examples.setdefault(name, {"answers": {}})
        if str(told.status) not in kept["answers"]:
            kept["answers"][str(told.status)] = body
            if isinstance(sent, dict):
                kept.setdefault("request", sent)


@pytest.fixture
def tour(monkeypatch: pytest.MonkeyPatch) -> Tour:
    seen = Tour()
    send, form = Machine.send, Machine.form

    def noted(spoken: Callable[..., Told]) -> Callable[..., Told]:
        def say(*args: Any, **more: Any) -> Told:
            told = spoken(*args, **more)
            seen.note(told, args[3] if len(args) > 3 else args[2] if len(args) > 2 else None)
            return told

        return say

    monkeypatch.setattr(Machine, "send", noted(send))
    monkeypatch.setattr(Machine, "form", noted(form))
    return seen


def _keys(example: Any) -> Any:
    """What an example is made of, whatever its values."""
    if isinstance(example, dict):
        return {name: _keys(value) for name, value in sorted(example.items())}
    return [_keys(value) for value in example] if isinstance(example, list) else None


def documented_codes() -> set[str]:
    return set(re.findall(r"/errors/#(\w+)", json.dumps(whole_schema())))


def all_operations() -> set[str]:
    return {
        f"{method.upper()} {path}" for path, methods in whole_schema()["paths"].items() for method in methods
    }


@contextmanager
def failing(patch: pytest.MonkeyPatch, error: Exception) -> Iterator[None]:
    def never(*_: object, **__: object) -> None:
        raise error

    with patch.context() as within:
        within.setattr("doors.api.refunds.quote", never)
        within.setattr("refunds.services.open_books", never)
        yield


def test_every_route_answers_and_every_documented_error_happens(
    tour: Tour,
    machine_of: Callable[..., Machine],
    stranger: Machine,
    the_clock: Callable[..., None],
    ada: User,
    lea: User,
    gil: User,
    grove: Publisher,
    forest: Bundle,
    fern: Asset,
    moss: Asset,
    oak: Asset,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    figure: Callable[[str], None],
) -> None:
    adas, gils, shop = machine_of(ada), machine_of(gil, publisher=grove), machine_of(lea, store=True)
    browse(stranger)
    live(adas, ada, fern, forest)
    trip(adas, ada, forest, moss)
    ask(adas, gils, ada, grove, the_clock)
    publish(gils, ada, fern, settings)
    stand_in_front(shop)
    stumble(adas, stranger, ada, monkeypatch)
    assert all_operations() - tour.answered == set()
    assert documented_codes() - tour.codes == set()
    if os.environ.get("KEEP_EXAMPLES"):
        EXAMPLES.write_text(json.dumps(tour.examples, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    kept = json.loads(EXAMPLES.read_text())
    assert {name: _keys(one) for name, one in kept.items()} == {
        name: _keys(one) for name, one in tour.examples.items()
    }
    figure(
        f"API tour: {tour.requests} requests, {len(tour.answered)} operations answered 2xx, "
        f"{len(documented_codes())} documented error codes all seen"
    )


def browse(stranger: Machine) -> None:
    for path in ("assets/", "assets/oak/", "bundles/", "bundles/forest/"):
        assert stranger.get(path).status == 200


def live(adas: Machine, ada: User, fern: Asset, forest: Bundle) -> None:
    """All that goes well for a customer."""
    give(ada, 200)
    Code(code="WELCOME50", credits=50, created_at=NOW).save()
    assert adas.get("me/").status == 200
    assert adas.post("credits/redeem/", {"code": "WELCOME50"}, key="l1").status == 200
    number = adas.post("purchases/", {"asset": "fern", "expected_credits": 30}, key="l2").body["invoice"]
    assert adas.get(f"purchases/{number}/refund-quote/").status == 200
    assert adas.post(f"purchases/{number}/refund/", {"expected_credits": 30}, key="l3").status == 201
    adas.post("purchases/", {"bundle": "forest", "expected_credits": 80}, key="l4")
    assert adas.post("library/oak/download/", {"dependencies": False}).status == 201
    for path in ("", f"{number}/", f"{number}/invoice.pdf", f"{number}/credit-note.pdf"):
        assert adas.get(f"purchases/{path}").status == 200
    for path in ("library/", "credits/", "credits/entries/"):
        assert adas.get(path).status == 200


def trip(adas: Machine, ada: User, forest: Bundle, moss: Asset) -> None:
    """All that a customer is refused."""
    number = adas.get("purchases/").body["results"][0]["invoice"]
    refund = f"purchases/{number}/refund/"
    adas.post(refund, {"expected_credits": 80}, key="t1")  # quote_changed
    adas.post("library/fern/download/", {})
    adas.post("library/moss/download/", {})
    adas.post(refund, {"expected_credits": 0}, key="t2")  # refund_denied
    adas.post(refund, {"expected_credits": 0}, key="t1")  # idempotency_key_reused
    adas.post(refund, {"expected_credits": 0})  # idempotency_key_required
    adas.post("purchases/", {"asset": "moss", "expected_credits": 1}, key="t3")  # already_owned
    again = {"asset": "moss", "allow_duplicate": True}
    adas.post("purchases/", {**again, "expected_credits": 1}, key="t4")  # price_changed
    Asset.objects.filter(slug="moss").update(price=5000)
    adas.post("purchases/", {**again, "expected_credits": 5000}, key="t5")  # insufficient_credits
    Asset.objects.filter(slug="moss").update(withdrawn_at=NOW)
    adas.post("purchases/", {**again, "expected_credits": 5000}, key="t6")  # not_for_sale
    adas.post("library/elm/download/", {})  # not_owned
    Code(code="RICH", credits=5, created_at=NOW).save()
    give(ada, MOST - adas.get("credits/").body["balance"])
    adas.post("credits/redeem/", {"code": "RICH"}, key="t7")  # too_many_credits
    for key in "abcdef":
        adas.post("credits/redeem/", {"code": "NOTHING"}, key=key)  # invalid_code, too_many_guesses


def ask(adas: Machine, gils: Machine, ada: User, grove: Publisher, the_clock: Callable[..., None]) -> None:
    """Cases, from both sides."""
    first = buy_old(ada, asset("elm", "Elm", by=grove, price=3))
    opened = adas.post("cases/", {"invoice": first, "grounds": "defective", "message": WORDS})
    case, ours = f"cases/{opened.body['number']}/", f"publisher/refund-requests/{opened.body['number']}/"
    adas.post("cases/", {"invoice": first, "grounds": "defective", "message": WORDS})  # case_open
    adas.post("cases/", {"grounds": "other", "message": WORDS})  # grounds_do_not_fit
    bad = SimpleUploadedFile("x.html", b"<script>")
    adas.form(f"{case}messages/", {"message": "Look.", "attachments": [bad]})  # bad_attachment
    adas.post(f"{case}answer/", {"mine": True})  # wrong_state
    for path, body in (
        (f"{ours}offer-help/", {"note": "Try this."}),
        (f"{case}answer/", {"accept_help": True}),
        (f"{case}messages/", {"message": "It did not help."}),
        (f"{ours}decline/", {"note": "No."}),
    ):
        assert (adas if path.startswith("cases") else gils).post(path, body).status == 200, path
    gils.post(f"{ours}authorise/", {})  # already_answered
    assert adas.post(f"{case}withdraw/", {"solved": False}).status == 200
    adas.post(f"{case}withdraw/", {})  # case_closed
    for path in ("cases/", case):
        assert adas.get(path).status == 200
    for slug, days, status in (("ash", 13, 200), ("yew", 15, 409)):
        number = buy_old(ada, asset(slug, slug.title(), by=grove, price=3))
        opened = adas.post("cases/", {"invoice": number, "grounds": "defective", "message": WORDS})
        the_clock(NOW + timedelta(days=days))
        told = gils.post(f"publisher/refund-requests/{opened.body['number']}/authorise/", {"note": "Yes."})
        the_clock(NOW)
        assert told.status == status  # too_late for the second


def buy_old(ada: User, thing: Asset) -> str:
    return buy(ada, thing, days_ago=40, with_credits=False).number


def publish(gils: Machine, ada: User, fern: Asset, settings: Any) -> None:
    number = buy(ada, fern, again=True, with_credits=False).number
    assert gils.get(f"publisher/invoices/{number}/").status == 200
    body = {"email": "hello@grove.example", "description": f"Ferns on {number}, please."}
    told = gils.post("publisher/refund-requests/", body)
    assert told.status == 201
    assert gils.get("publisher/refund-requests/").status == 200
    assert gils.get(f"publisher/refund-requests/{told.body['number']}/").status == 200
    gils.get("publisher/invoices/IN990000000009/")  # unknown_invoice
    settings.LIMIT_INVOICE_MISSES = 1
    gils.get(f"publisher/invoices/{number}/")  # too_many_look_ups


def stand_in_front(shop: Machine) -> None:
    at, nia = "2026-11-20T10:00:00Z", "nia@example.com"
    assert shop.post("store/users/", {"email": nia}).status == 201
    assert shop.post("store/users/", [{"email": nia}]).status == 200
    grant = {"ref": "g", "user": nia, "credits": 100, "kind": "paid", "at": at}
    assert shop.post("store/grants/", grant).status == 201
    shop.post("store/grants/", {**grant, "ref": "h", "credits": MOST})
    sold = {"ref": "p", "user": nia, "asset": "fern", "credits": 30, "at": at}
    number = shop.post("store/purchases/", sold).body["invoice"]
    shop.post("store/purchases/", {**sold, "ref": "q", "invoice": number})  # number_taken
    other = shop.post("store/purchases/", {**sold, "ref": "r"}).body["invoice"]
    fetched = {"ref": "d", "purchase": "r", "asset": "fern", "at": at}
    assert shop.post("store/downloads/", fetched).status == 201
    path = f"store/purchases/{number}/"
    assert shop.get(f"{path}refund-quote/", X_Customer=nia).status == 200
    assert shop.post(f"{path}refund/", {"expected_credits": 30}, key="s", X_Customer=nia).status == 201
    shop.post("store/downloads/", {**fetched, "ref": "e", "purchase": "p"})  # no_longer_live
    assert shop.get(f"store/purchases/{other}/refund-quote/", X_Customer=nia).body["eligible"] is False


def stumble(adas: Machine, stranger: Machine, ada: User, patch: pytest.MonkeyPatch) -> None:
    """What can happen anywhere."""
    number = adas.get("purchases/?page_size=1").body["results"][0]["invoice"]
    quote, refund = f"purchases/{number}/refund-quote/", f"purchases/{number}/refund/"
    adas.get("purchases/?customer=1")  # invalid
    adas.get("purchases/IN990000000009/")  # not_found
    adas.get("publisher/refund-requests/")  # permission_denied
    stranger.get("me/")  # not_authenticated
    adas.post(refund, b'{"expected_credits": 1e400}', key="u1")  # parse_error
    adas.post(refund, b" " * 2_000_001, key="u2")  # too_large
    adas.send("POST", refund, b"a,b", **{"Content-Type": "text/csv", "Idempotency-Key": "u3"})  # unsupported
    for error in (Busy(), InProgress()):
        with failing(patch, error):
            adas.post(refund, {"expected_credits": 1}, key="u4")
    with failing(patch, OperationalError("disk full")):
        assert adas.get(quote).headers["Retry-After"] == "5"
    adas.client.raise_request_exception = False
    with failing(patch, RuntimeError("a mistake of ours")):
        told = adas.get(quote)
        assert (told.status, "a mistake" in told.bytes.decode()) == (500, False)
    patch.setattr(settings, "LIMIT_API_KEY", "1/min")
    assert {adas.get("me/").status for _ in range(3)} >= {429}  # throttled
