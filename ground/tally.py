"""Counts of what leaves no row behind, such as a quote that was only looked at.

Counting is an addition in memory; what was counted goes to the shared cache a few seconds later, after an answer was
sent. A process that dies takes its last seconds along: nothing is ever decided by these figures.
"""

import logging
import threading
import time
from collections import Counter

from django.core.cache import cache

FLUSHED_EVERY_SECONDS = 10
logger = logging.getLogger(__name__)

_lock = threading.Lock()
_pending: Counter[str] = Counter()
_flushed_at = 0.0


def count(name: str) -> None:
    with _lock:
        _pending[name] += 1


def flush(**_: object) -> None:
    global _flushed_at
    with _lock:
        counted, _flushed_at = dict(_pending), time.monotonic()
        _pending.clear()
    for name, more in counted.items():
        try:
            if not cache.add(_key(name), more, timeout=None):
                cache.incr(_key(name), more)
        except Exception:  # noqa: BLE001 - whatever a cache that is away raises, nobody is kept from their page by a count
            logger.warning("The cache does not answer; %s is counted later.", name)
            with _lock:
                _pending[name] += more


def flush_when_due(**_: object) -> None:
    if _pending and time.monotonic() - _flushed_at > FLUSHED_EVERY_SECONDS:
        flush()


def total(name: str) -> int:
    return int(cache.get(_key(name), 0))


def _key(name: str) -> str:
    return f"tally:{name}"
