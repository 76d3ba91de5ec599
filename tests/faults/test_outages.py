"""The database is away: whoever needs it hears so soon, whoever does not need it is served, and when it is back the very
next request is."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
from django.test import Client
from django.utils import timezone

from accounts.keys import make_key
from tests.faults.test_crashes import ROOT
from tests.faults.wire import Wire, wire
from tests.world import buy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MOST_SECONDS = 5


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str
    seconds: float


@dataclass(frozen=True)
class Store:
    """A store in a process of its own, at the end of a wire."""

    port: int
    wire: Wire
    cookie: str
    key: str

    def ask(self, path: str, *, method: str = "GET", body: str = "", **headers: str) -> Answer:
        began = time.monotonic()
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body=body or None, headers=headers)
            response = connection.getresponse()
            text = response.read().decode()
        return Answer(response.status, dict(response.getheaders()), text, time.monotonic() - began)

    def signed_in(self, path: str, **more: str) -> Answer:
        return self.ask(path, Cookie=self.cookie, **more)

    def by_key(self, path: str, **more: str) -> Answer:
        return self.ask(path, Authorization=f"Bearer {self.key}", **more)


@pytest.fixture
def store(ada) -> Iterator[Store]:
    browser = Client()
    browser.force_login(ada)
    key = make_key(owner=ada, name="mine", now=timezone.now())[1]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with wire() as line:
        port = unused_port()
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi",
            f"--bind=127.0.0.1:{port}",
            "--no-control-socket",
        ]
        environment = {**kept, "DEBUG": "true", "DATABASE_URL": line.address, "LOG_LEVEL": "CRITICAL"}
        with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
            store = Store(port, line, f"sessionid={browser.cookies['sessionid'].value}", key)
            try:
                until_it_answers(store)
                yield store
            finally:
                server.terminate()


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_it_answers(store: Store) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError):
            if store.ask("/healthz").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the store did not start")


def test_while_it_is_away_everybody_hears_so_in_time_and_the_next_request_after_it_is_answered(
    store, ada, oak, figure
):
    number = buy(ada, oak, now=timezone.now()).number
    page, quote = f"/purchases/{number}/refund/", f"/api/v1/purchases/{number}/refund-quote/"
    # Several at once, so that the pool holds several connections that will be dead.
    with ThreadPoolExecutor(6) as people:
        assert {answer.status for answer in people.map(store.signed_in, [page] * 12)} == {200}
    asked = [(store.signed_in, page), (store.by_key, quote), (store.signed_in, quote), (store.signed_in, "/")]
    for _ in range(2):
        store.wire.cut()
        with ThreadPoolExecutor(5) as people:
            ready = people.submit(store.ask, "/readyz")
            answers = list(people.map(lambda one: one[0](one[1]), asked))
        for (_, path), answer in zip(asked, answers, strict=True):
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5"), path
            assert answer.seconds < MOST_SECONDS
            kind = "application/problem+json" if path == quote else "text/html; charset=utf-8"
            assert answer.headers["Content-Type"] == kind
            assert "not done" not in answer.text
            assert "othing was done" not in answer.text
        assert (ready.result().status, json.loads(ready.result().text)["database"]) == (503, False)
        assert store.ask("/static/icons.svg").status == 200
        store.wire.mend()
        assert store.signed_in(page).status == 200, "the very next request"
    figure(
        "outages: whoever asks while the database is away hears 503 in time; the very next request is served"
    )


def test_whoever_asks_whether_it_is_alive_never_waits_behind_those_who_wait(store, figure):
    store.wire.cut()
    with ThreadPoolExecutor(40) as people:
        waiting = [people.submit(store.signed_in, "/library/") for _ in range(40)]
        time.sleep(0.3)
        alive = [store.ask("/healthz") for _ in range(5)]
        answers = [each.result() for each in waiting]
    assert {answer.status for answer in alive} == {200}
    assert max(answer.seconds for answer in alive) < 1
    assert {answer.status for answer in answers} == {503}
    assert max(answer.seconds for answer in answers) < MOST_SECONDS
    figure(
        "40 requests at once while the database is away: all answered in time, /healthz at once among them"
    )


def test_a_server_that_takes_the_call_and_says_nothing_is_away_too(store):
    store.wire.cut()
    store.wire.mend()
    store.wire.silent = True
    answer = store.signed_in("/library/")
    assert (answer.status, answer.seconds < MOST_SECONDS) == (503, True)
    store.wire.cut()
    store.wire.mend()
    assert store.signed_in("/library/").status == 200
