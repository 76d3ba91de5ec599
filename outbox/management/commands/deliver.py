"""The worker: sends queued letters and runs the periodic jobs; `--once` empties the queue and ends."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.core.management.base import BaseCommand, CommandParser

from outbox import jobs, worker


class Command(BaseCommand):
    help = "Sends queued letters and runs the periodic jobs, until it is told to end."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run what is due, send what is due, and end")

    def handle(self, *, once: bool, **_: object) -> None:
        with ending_on_signals() as stop:
            if not once:
                worker.work(stop)
                return
            ran = jobs.run_due(stop=stop)
            sent = worker.empty(stop)
        letters, run = f"{sent} letter{'s' * (sent != 1)}", f"{ran} job{'s' * (ran != 1)}"
        self.stdout.write(f"{letters} sent, {run} run.")


@contextmanager
def ending_on_signals() -> Iterator[threading.Event]:
    """The letter in hand is finished first; whoever kills harder finds it sent again after its lease."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
