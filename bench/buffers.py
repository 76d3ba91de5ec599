"""Shared buffers of one refund: how many pages of the store's tables and indexes it looks at, wherever they lie.

From the server's own counts for each table (pg_statio_user_tables: its heap, its indexes, and what is too long for a
row), so triggers, constraints and the checks at the end of the transaction are in it; the server's catalogue is not.
"""

import statistics
from collections.abc import Iterator

from django.db import connection

from bench.people import Act

COUNTED = """
    SELECT sum(heap_blks_hit + heap_blks_read + coalesce(idx_blks_hit + idx_blks_read, 0)
        + coalesce(toast_blks_hit + toast_blks_read, 0) + coalesce(tidx_blks_hit + tidx_blks_read, 0))
    FROM pg_statio_user_tables
"""


def pages_of(acts: Iterator[Act], *, warm_up: int, times: int) -> int:
    """The middle of several, as autovacuum counts too where it happens to work."""
    for _ in range(warm_up):
        next(acts)()
    return round(statistics.median(_pages(next(acts)) for _ in range(times)))


def _pages(act: Act) -> int:
    before = _so_far()
    act()
    return _so_far() - before


def _so_far() -> int:
    """A connection tells its counts when it is idle, and at once only if it is told to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(COUNTED)
        return int(cursor.fetchone()[0])
