"""Asks a web server over several connections at once, for a while, and counts: python -m bench.callers, with the order on
standard input. A process of its own, so that it takes as much from one server as from another."""

import http.client
import json
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

PATIENCE = 30  # seconds for one answer
Request = dict[str, Any]  # method, path, headers, body


@dataclass
class Tally:
    answers: int = 0
    errors: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, answers: int, errors: list[str]) -> None:
        with self.lock:
            self.answers += answers
            for each in errors:
                self.errors[each] = self.errors.get(each, 0) + 1


def ask(port: int, scripts: list[list[Request]], *, seconds: float, again: bool) -> dict[str, Any]:
    """A connection for each script. `again`: scripts start over; otherwise all end when the first one is through."""
    tally, over = Tally(), threading.Event()
    together = threading.Barrier(len(scripts) + 1)
    threads = [
        threading.Thread(target=_one, args=(port, script, again, tally, over, together), daemon=True)
        for script in scripts
    ]
    for thread in threads:
        thread.start()
    together.wait()
    started = time.monotonic()
    over.wait(seconds)
    over.set()
    for thread in threads:
        thread.join(PATIENCE)
    return {"answers": tally.answers, "errors": tally.errors, "seconds": time.monotonic() - started}


def _one(
    port: int,
    script: list[Request],
    again: bool,
    tally: Tally,
    over: threading.Event,
    together: threading.Barrier,
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    answers, errors, place = 0, [], 0
    together.wait()
    while not over.is_set():
        if place == len(script):
            if not again:
                over.set()
                break
            place = 0
        trouble = _trouble(connection, script[place])
        answers, place = answers + (not trouble), place + 1
        errors += [trouble] * bool(trouble)
    connection.close()
    tally.count(answers, errors)


def _trouble(connection: http.client.HTTPConnection, request: Request) -> str:
    """What went wrong: the status, or the kind of error; nothing for an answer as it should be."""
    try:
        connection.request(
            request["method"], request["path"], body=request.get("body"), headers=request.get("headers", {})
        )
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException) as error:
        connection.close()
        return type(error).__name__
    return "" if response.status < 300 else str(response.status)


if __name__ == "__main__":
    order = json.load(sys.stdin)
    print(json.dumps(ask(order["port"], order["scripts"], seconds=order["seconds"], again=order["again"])))
