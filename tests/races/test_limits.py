"""Requests that come all at once are each counted. The guard has a twin without it, which sees the harm."""

from datetime import datetime

import pytest
from django.db import connection

from accounts.keys import make_key
from accounts.models import User
from ground import limits
from ground.models import Limit
from tests.api.conftest import Machine, Told
from tests.races.together import together
from tests.world import NOW

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
WORKERS, EACH, MOST = 2, 12, 10


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.middleware.timezone.now", lambda: NOW)


@pytest.fixture
def limit(settings: object) -> None:
    settings.LIMIT_API_KEY = f"{MOST}/min"  # type: ignore[attr-defined]


def read_then_written(who: str, rate: str, now: datetime) -> int | None:
    """What was asked lately is read, and written again with one more: as the framework's throttles do it."""
    most, window = limits.parsed(rate)
    row = Limit.objects.filter(who=who).first()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.01)")  # as long as it takes on a busy day
    counted = row.counted if row else 0
    if counted >= most:
        return int(window.total_seconds())
    kept = {"began_at": now, "counted": counted + 1, "last_at": now}
    Limit.objects.update_or_create(who=who, defaults=kept)
    return None


def let_in(key: str) -> int:
    """How many requests of two workers got through, each of which asks one after the other."""

    def worker() -> list[int]:
        return [Machine(key, NOW).get("me/").status for _ in range(EACH)]

    told = together(*[worker] * WORKERS)
    assert all(isinstance(one, list) for one in told), told
    statuses = [status for one in told for status in one]  # type: ignore[attr-defined] # looked at just above
    assert set(statuses) <= {200, 429}
    return statuses.count(200)


def test_two_workers_do_not_double_a_limit(ada: User, limit: None) -> None:
    assert let_in(make_key(owner=ada, now=NOW)[1]) == MOST
    assert Limit.objects.get().counted == WORKERS * EACH


def test_reading_first_and_writing_then_lets_more_in(
    ada: User, limit: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "count", read_then_written)
    assert let_in(make_key(owner=ada, now=NOW)[1]) > MOST


def test_of_many_first_requests_at_once_each_is_counted(ada: User, limit: None) -> None:
    key = make_key(owner=ada, now=NOW)[1]
    told = together(*[lambda: Machine(key, NOW).get("me/") for _ in range(EACH)])
    assert all(isinstance(one, Told) for one in told), told
    assert sorted(one.status for one in told) == [200] * MOST + [429] * (EACH - MOST)  # type: ignore[attr-defined]
