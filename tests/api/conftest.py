"""A machine that speaks to the store: its key, its clock, and what it was told."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.keys import make_key
from accounts.models import Publisher, User
from tests.world import NOW


class Told:
    """An answer, read."""

    def __init__(self, response: Any) -> None:
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
