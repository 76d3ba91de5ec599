"""How often somebody may ask: so many times in a window that begins with the first request.

A request is counted in one statement, which commits by itself before the act begins: it stays counted whatever
becomes of the act, and nobody waits for an act to be counted. The database holds the row while it adds, so two
requests at once are never counted as one.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from math import ceil

from django.db import connection
from django.utils.timezone import is_naive, make_aware

from ground.models import Limit

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
FORGOTTEN_AFTER = timedelta(days=1)  # the longest window
# A window that begins in the future comes from a clock that was wrong. It ends now: nobody is kept out until then.
COUNT = """INSERT INTO ground_limit (who, began_at, counted, last_at) VALUES (%(who)s, %(now)s, 1, %(now)s)
    ON CONFLICT (who) DO UPDATE SET
      counted = CASE WHEN ground_limit.began_at > %(ended)s AND ground_limit.began_at < %(ahead)s
                THEN ground_limit.counted + 1 ELSE 1 END,
      began_at = CASE WHEN ground_limit.began_at > %(ended)s AND ground_limit.began_at < %(ahead)s
                 THEN ground_limit.began_at ELSE excluded.began_at END,
      last_at = excluded.last_at
    RETURNING counted, began_at"""


@cache
def parsed(rate: str) -> tuple[int, timedelta]:
    """How many, and in which time: 600/min."""
    most, period = rate.split("/")
    return int(most), timedelta(seconds=SECONDS[period[0]])


def count(who: str, rate: str, now: datetime) -> int | None:
    """Counts one more request. If it is one too many: the seconds to wait until the next is let in."""
    most, window = parsed(rate)
    as_kept = connection.ops.adapt_datetimefield_value
    asked = {
        "who": who,
        "now": as_kept(now),
        "ended": as_kept(now - window),
        "ahead": as_kept(now + window),
    }
    with connection.cursor() as cursor:
        cursor.execute(COUNT, asked)
        [(counted, began_at)] = cursor.fetchall()
    if counted <= most:
        return None
    if is_naive(began_at):  # from SQLite
        began_at = make_aware(began_at, UTC)
    left: timedelta = began_at + window - now
    return ceil(left.total_seconds())


def last_counted(names: Iterable[str]) -> dict[str, datetime]:
    """When each of these asked last. Who has not asked for a day is not among them."""
    return dict(Limit.objects.filter(who__in=list(names)).values_list("who", "last_at"))


def forget(now: datetime) -> int:
    """Deletes the rows whose window is over in any case."""
    return Limit.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()[0]
