"""Room in the store for so many requests at once, in each process. Whoever has to wait for something else than the store
waits outside."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import close_old_connections

AT_ONCE = 8
WAIT_SECONDS = 1.5  # with the wait for a connection after it, less than five seconds

_places = threading.BoundedSemaphore(AT_ONCE)
_mine = threading.local()


@contextmanager
def place() -> Iterator[bool]:
    """Whether there was room in time."""
    _mine.inside = _places.acquire(timeout=WAIT_SECONDS)
    try:
        yield _mine.inside
    finally:
        if _mine.inside:
            _mine.inside = False
            _places.release()


@contextmanager
def waiting_outside() -> Iterator[None]:
    """Gives the place, and the connection to the database, to somebody else for a while."""
    if not getattr(_mine, "inside", False):
        yield
        return
    close_old_connections()
    _places.release()
    try:
        yield
    finally:
        _places.acquire()
