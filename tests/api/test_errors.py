"""Every no of every room has its place in the one table, and keeps its shape at this door."""

import importlib
import inspect
import pkgutil
from string import Formatter
from typing import Any

import pytest

from accounts.models import User
from doors.problems import PROBLEMS
from ground.refusals import Refusal
from storefront.models import Asset
from tests.api.conftest import Machine
from tests.world import buy

PLACES = ["ground", "accounts", "outbox", "credits", "storefront", "refunds", "doors"]


def every_refusal() -> list[type[Refusal]]:
    for place in PLACES:
        package = importlib.import_module(place)
        for module in pkgutil.walk_packages(package.__path__, f"{place}."):
            if ".migrations" not in module.name and ".management" not in module.name:
                importlib.import_module(module.name)
    found, waiting = [], [Refusal]
    while waiting:
        kind = waiting.pop()
        if kind.__module__.split(".")[0] in PLACES:
            found.append(kind)
        waiting += kind.__subclasses__()
    return sorted(set(found), key=lambda kind: (kind.__module__, kind.__name__))


def raised(kind: type[Refusal]) -> Refusal:
    """One of this kind, with made-up facts wherever its sentence wants one."""
    if "field" in inspect.signature(kind).parameters:
        return kind("message", "This is wrong. Nothing was done.")  # type: ignore[arg-type]
    facts = {name: 7 for _, name, _, _ in Formatter().parse(str(kind.sentence)) if name}
    if kind.code in PROBLEMS and PROBLEMS[kind.code].status == 429:
        facts["seconds"] = 7
    return kind(**facts)


@pytest.mark.parametrize("kind", every_refusal(), ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_a_refusal_is_told_in_one_shape(
    kind: type[Refusal], adas: Machine, ada: User, fern: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = raised(kind)

    def never(**_: object) -> None:
        raise refusal

    number = buy(ada, fern).number
    monkeypatch.setattr("doors.api.wallet.up_to_date", never)
    monkeypatch.setattr("tests.api.conftest.promised", lambda response: None)
    told = adas.get("credits/entries/")
    assert refusal.code in PROBLEMS, f"{kind.__name__} has no line in doors/problems.py"
    assert (told.status, told.kind) == (PROBLEMS[refusal.code].status, "application/problem+json")
    assert list(told.body)[:5] == ["type", "title", "status", "code", "detail"]
    assert (told.body["status"], told.body["code"], told.body["detail"]) == (
        told.status,
        kind.code,
        str(refusal),
    )
    assert told.body["type"].endswith(f"/api/v1/errors/#{kind.code}")
    assert set(told.body) <= {
        "type",
        "title",
        "status",
        "code",
        "detail",
        "errors",
        "credits",
        "balance",
        "case",
        "scope",
    }
    assert ("Retry-After" in told.headers) == (told.status == 429 or kind.code in {"busy", "in_progress"})
    assert adas.get(f"purchases/{number}/").status == 200


def test_there_is_no_line_without_a_cause() -> None:
    of_rooms = {kind.code for kind in every_refusal()}
    of_the_door = {
        "method_not_allowed",
        "not_authenticated",
        "parse_error",
        "permission_denied",
        "refund_denied",
        "server_error",
        "throttled",
        "too_large",
        "unavailable",
        "unsupported_media_type",
    }
    assert PROBLEMS.keys() - of_rooms == of_the_door


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("PUT", "me/", 405, "method_not_allowed"),
        ("OPTIONS", "me/", 405, "method_not_allowed"),
        ("DELETE", "purchases/", 405, "method_not_allowed"),
        ("GET", "nothing/", 404, "not_found"),
        ("POST", "nothing/", 404, "not_found"),
        ("OPTIONS", "nothing/", 404, "not_found"),
        ("GET", "me", 404, "not_found"),
        ("GET", "purchases/IN1/", 404, "not_found"),
    ],
)
def test_what_is_not_there_is_told_in_the_same_shape(
    adas: Machine, method: str, path: str, status: int, code: str
) -> None:
    told = adas.send(method, path)
    assert (told.status, told.code, told.kind) == (status, code, "application/problem+json")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"asset": "fern", "asset": "oak", "expected_credits": 30}',
        b'{"asset": "fern", "expected_credits": NaN}',
        b'{"asset": "fern", "expected_credits": 1e400}',
        b'{"asset": "fern", "expected_credits": ' + b"9" * 5000 + b"}",
        b'{"asset": "\\ud800", "expected_credits": 30}',
        b'{"asset": "\xff\xfe", "expected_credits": 30}',
        b'{"asset": "a\\u0000b", "expected_credits": 30}',
        b'{"asset": "\xe2\x80\xaefern", "expected_credits": 30}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000,
        b"\xef\xbb\xbf{}",
    ],
    ids=lambda raw: repr(raw[:30]),
)
def test_broken_bodies_are_one_clear_400(adas: Machine, fern: Asset, raw: bytes) -> None:
    told = adas.send("POST", "purchases/", raw, **{"Idempotency-Key": "k"})
    assert (told.status, told.kind) == (400, "application/problem+json")
    assert told.code in {"parse_error", "invalid"}


def test_brackets_in_a_text_are_no_depth(adas: Machine) -> None:
    words = 'It printed "[[[" and then ' + "\\ [ { " * 40
    told = adas.post("cases/", {"grounds": "credits_wrong", "message": words})
    assert (told.status, told.body["timeline"][0]["note"]) == (201, words.strip())


def test_a_hundred_megabytes_are_refused_before_they_are_read(adas: Machine) -> None:
    told = adas.send("POST", "purchases/", b" " * 2_000_001, **{"Idempotency-Key": "k"})
    assert (told.status, told.code) == (413, "too_large")


def test_broken_forms_are_a_400_too(adas: Machine) -> None:
    for raw, kind in (
        (b"--x\r\nContent-Disposition: form-data; name", "multipart/form-data; boundary=x"),
        (b"no boundary", "multipart/form-data"),
        (b"", "multipart/form-data; boundary="),
    ):
        told = adas.send("POST", "cases/", raw, **{"Content-Type": kind})
        assert (told.status, told.kind) == (400, "application/problem+json"), raw


def test_a_session_needs_csrf_and_a_key_does_not(ada: User, fern: Asset) -> None:
    from django.test import Client

    number = buy(ada, fern).number
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    path = f"/api/v1/purchases/{number}/refund/"
    sent = {
        "data": {"expected_credits": 30},
        "content_type": "application/json",
        "headers": {"Idempotency-Key": "k"},
    }
    told = client.post(path, **sent)
    assert (told.status_code, told.json()["code"]) == (403, "permission_denied")
    client.get("/sign-in/")
    assert client.get("/api/v1/me/").status_code == 200
    client.get("/profile/")
    sent["headers"]["X-CSRFToken"] = client.cookies["csrftoken"].value
    assert client.post(path, **sent).status_code == 201


def test_what_the_framework_refuses_says_what_to_do(stranger: Machine, adas: Machine, settings: Any) -> None:
    told = [
        stranger.get("me/"),
        adas.send("PUT", "me/"),
        adas.send("POST", "purchases/", b"a,b", **{"Content-Type": "text/csv"}),
    ]
    settings.LIMIT_API_KEY = "2/min"
    told.append(adas.get("me/"))
    assert [(one.code, one.body["detail"]) for one in told] == [
        (
            "not_authenticated",
            "Send `Authorization: Bearer <key>`. The key is missing, unknown, expired or revoked.",
        ),
        ("method_not_allowed", "The header `Allow` names the methods of this address."),
        ("unsupported_media_type", "Send `application/json`, or a form with files."),
        ("throttled", "Wait for `Retry-After` seconds."),
    ]
