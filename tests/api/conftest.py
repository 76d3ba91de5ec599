"""A machine that speaks to the store: its key, its clock, and what it was told."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from jsonschema import Draft202012Validator

from accounts.keys import make_key
from accounts.models import Publisher, User
from doors.api.schema import whole_schema
from tests.world import NOW


def operation_of(method: str, path: str) -> tuple[str, dict[str, Any] | None]:
    """The route that an address belongs to, as the schema writes it, and what the schema tells of the method."""
    try:
        route = "/" + resolve(path).route
    except Resolver404:
        return path, None
    template = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    return template, whole_schema()["paths"].get(template, {}).get(method.lower())


def promised(response: Any) -> None:
    request = response.request
    where, operation = operation_of(request["REQUEST_METHOD"], request["PATH_INFO"])
    if operation is None:
        return
    said = operation["responses"].get(str(response.status_code))
    assert said, (
        f"{request['REQUEST_METHOD']} {where} does not tell of {response.status_code}: {response.content!r}"
    )
    kind = response.headers["Content-Type"]
    assert kind in said["content"], f"{where} does not tell of {kind}"
    if kind != "application/pdf":
        _checker(json.dumps(said["content"][kind]["schema"])).validate(json.loads(response.content))


@cache
def _checker(shape: str) -> Draft202012Validator:
    return Draft202012Validator({**json.loads(shape), "components": whole_schema()["components"]})


class Told:
    """An answer, read, and held against the schema: each answer of each test is one that is promised there."""

    def __init__(self, response: Any) -> None:
        promised(response)
        self.response = response
        self.status: int = response.status_code
        self.bytes: bytes = response.content
        self.headers = response.headers
        self.kind = response.headers.get("Content-Type", "")

    @property
    def body(self) -> Any:
        return json.loads(self.bytes)

    @property
    def code(self) -> str:
        return str(self.body["code"])


class Machine:
    """Speaks with one key; `key=None` speaks without any."""

    def __init__(self, key: str | None, now: datetime) -> None:
        self.client = Client()
        self.key = key
        self.now = now

    def get(self, path: str, **headers: str) -> Told:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str) -> Told:
        if key:
            headers["Idempotency-Key"] = key
        return self.send("POST", path, body, **headers)

    def form(self, path: str, fields: dict[str, Any], *, key: str = "", **headers: str) -> Told:
        """A multipart form, as it is sent with files."""
        if key:
            headers["Idempotency-Key"] = key
        return Told(self.client.post(_whole(path), fields, headers=self._headers(headers)))

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Told:
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        kind = headers.pop("Content-Type", "application/json")
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Told(
            self.client.generic(method, _whole(path), raw, content_type=kind, headers=self._headers(named))
        )

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return headers | ({"Authorization": f"Bearer {self.key}"} if self.key else {})


def _whole(path: str) -> str:
    return path if path.startswith(("http", "/")) else f"/api/v1/{path}"


@pytest.fixture(autouse=True)
def the_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """The instant at which requests are received: NOW, until a test says otherwise."""
    reading = [NOW]
    monkeypatch.setattr("accounts.middleware.timezone.now", lambda: reading[0])

    def say(now: datetime) -> None:
        reading[0] = now

    return say


@pytest.fixture
def machine_of() -> Callable[..., Machine]:
    def make(
        owner: User, *, publisher: Publisher | None = None, store: bool = False, scopes: Any = ()
    ) -> Machine:
        _, secret = make_key(owner=owner, publisher=publisher, store=store, scopes=scopes, now=NOW)
        return Machine(secret, NOW)

    return make


@pytest.fixture
def adas(ada: User, machine_of: Callable[..., Machine]) -> Machine:
    """Ada's desktop client."""
    return machine_of(ada)


@pytest.fixture
def bens(ben: User, machine_of: Callable[..., Machine]) -> Machine:
    return machine_of(ben)


@pytest.fixture
def stranger(db: None) -> Machine:
    return Machine(None, NOW)
