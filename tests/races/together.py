"""Threads that start at one instant, each on a connection of its own, and what became of each."""

import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection

from ground.models import Receipt
from ground.receipts import Asking


def together(*acts: Callable[[], object], patience: float = 60) -> list[object]:
    """What each act returned or raised, in the order in which they were given."""
    line = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            line.wait(timeout=10)
            return act()
        except Exception as error:  # noqa: BLE001 - what an act raised is what the test looks at
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=patience) for future in [pool.submit(run, act) for act in acts]]


def claim_of_its_own(asking: Asking) -> int:
    """In the place of `receipts._claim`: whoever asks gets a receipt, whatever their key was used for before."""
    key = f"{asking.key} {uuid.uuid4()}"
    return Receipt.objects.create(
        person_id=asking.person.pk, key=key, request=asking.what, made_at=asking.now
    ).pk


class Gate:
    """Lets one thread stop at a place until another has passed its own, or until waiting is plainly in vain: with the
    guard in place the other waits for our lock, and we go on."""

    def __init__(self, patience: float = 0.4) -> None:
        self.reached, self.opened, self.patience = threading.Event(), threading.Event(), patience

    def stop(self) -> None:
        self.reached.set()
        self.opened.wait(self.patience)

    def when_reached(self, act: Callable[[], object]) -> object:
        assert self.reached.wait(10), "the first thread never came to the gate"
        try:
            return act()
        finally:
            self.opened.set()
