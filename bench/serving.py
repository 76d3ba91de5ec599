"""Requests a second through the real server, as docs/operating.md starts it, against /healthz at as many connections."""

import contextlib
import http.client
import json
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from bench.programs import HOST, ROOT, Failed, Programs
from bench.sizes import Size
from scripts import children

CONNECTIONS = (1, 8, 32)
GUNICORN = (
    "--worker-class=gthread",
    "--workers=2",
    "--threads=8",
    "--no-control-socket",
    "--log-level=error",
)
START_SECONDS = 60
HEALTH = {"method": "GET", "path": "/healthz"}
Scripts = list[list[dict[str, Any]]]


def measure(programs: Programs, url: str, people: list[dict[str, Any]], size: Size) -> list[dict[str, Any]]:
    """Alternating: /healthz, quotes, refunds, and again, at 1, 8 and 32 connections."""
    with served(programs, url) as port:
        return [
            figures
            for connections in CONNECTIONS
            for figures in _at(port, min(connections, len(people)), people, size)
        ]


@contextlib.contextmanager
def served(programs: Programs, url: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind={HOST}:{port}", *GUNICORN]
    server = children.start(command, programs.settings(url))
    try:
        _wait_for(server, port)
        yield port
    finally:
        children.end(server)


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(HOST, port, timeout=START_SECONDS)
            connection.request("GET", HEALTH["path"])
            if connection.getresponse().status == 200:
                return
        if server.poll() is not None or time.monotonic() > deadline:
            raise Failed("gunicorn did not start; what it said stands above.")
        time.sleep(0.1)


def _at(port: int, connections: int, people: list[dict[str, Any]], size: Size) -> Iterator[dict[str, Any]]:
    shares: dict[str, list[float]] = {}
    answers: Counter[str] = Counter()
    errors: dict[str, Counter[str]] = {}
    kinds: dict[str, Callable[[], Scripts]] = {
        "quote of a refund": lambda: _quotes(people, connections),
        "refund, 10 items, 2 lots": lambda: _refunds(people, connections),
    }
    for _ in range(size.http_rounds):
        base = _rate(_ask(port, [[HEALTH]] * connections, size.http_seconds / 2, again=True))
        for title, scripts in kinds.items():
            found = _ask(port, scripts(), size.http_seconds, again=title.startswith("quote"))
            shares.setdefault(title, []).append(_rate(found) / base)
            answers[title] += found["answers"]
            errors.setdefault(title, Counter()).update(found["errors"])
    for title, rates in shares.items():
        yield {
            "title": title,
            "connections": connections,
            "health": round(statistics.median(rates), 4),
            "answers": answers[title],
            "errors": dict(errors[title]),
        }


def _rate(found: dict[str, Any]) -> float:
    return max(found["answers"], 1) / found["seconds"]


def _ask(port: int, scripts: Scripts, seconds: float, *, again: bool) -> dict[str, Any]:
    order = {"port": port, "scripts": scripts, "seconds": seconds, "again": again}
    said = subprocess.run(
        [sys.executable, "-m", "bench.callers"],
        input=json.dumps(order),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=ROOT,
    )
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def _quotes(people: list[dict[str, Any]], connections: int) -> Scripts:
    """Of everybody's first purchase, which nobody refunds."""
    asked = [
        {"method": "GET", "path": _path(who, who["purchases"][0], "refund-quote"), "headers": _headers(who)}
        for who in people
    ]
    return [asked[place::connections] for place in range(connections)]


def _refunds(people: list[dict[str, Any]], connections: int) -> Scripts:
    """Two more purchases of everybody; nobody asks over two connections at once."""
    return [
        [
            {
                "method": "POST",
                "path": _path(who, bought, "refund"),
                "body": json.dumps({"expected_credits": bought["credits"]}),
                "headers": {
                    **_headers(who),
                    "Content-Type": "application/json",
                    "Idempotency-Key": uuid.uuid4().hex,
                },
            }
            for who in people[place::connections]
            for bought in (who["purchases"].pop(), who["purchases"].pop())
        ]
        for place in range(connections)
    ]


def _path(who: dict[str, Any], bought: dict[str, Any], act: str) -> str:
    return f"/api/v1/purchases/{bought['invoice']}/{act}/"


def _headers(who: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {who['key']}"}
