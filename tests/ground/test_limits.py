"""So many requests in a window that begins with the first; the rest are told how long to wait."""

from datetime import timedelta

import pytest
from django.db import connection

from ground.limits import FORGOTTEN_AFTER, count, forget, last_counted
from ground.models import Limit
from tests.statements import asked_by
from tests.world import NOW

pytestmark = pytest.mark.django_db


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def test_as_many_as_the_rate_says_and_then_the_rest_of_the_window(db):
    told = [count("ada", "3/min", after(second)) for second in (0, 10, 20, 30, 59.5)]
    assert told == [None, None, None, 30, 1]
    assert count("ada", "3/min", after(60)) is None


def test_whoever_waits_as_long_as_told_is_let_in(db):
    count("ada", "1/h", NOW)
    assert count("ada", "1/h", after(0.25)) == 3600
    assert count("ada", "1/h", after(0.25 + 3600)) is None


def test_asking_in_vain_makes_nobody_wait_longer(db):
    for second in range(20):
        count("ada", "1/min", after(second))
    assert count("ada", "1/min", after(50)) == 10
    assert count("ada", "1/min", after(60)) is None


def test_everybody_has_a_window_of_their_own(db):
    assert count("ada", "1/min", NOW) is None
    assert count("ben", "1/min", after(30)) is None
    assert (count("ada", "1/min", after(40)), count("ben", "1/min", after(40))) == (20, 50)


@pytest.mark.parametrize(("period", "seconds"), [("s", 1), ("minute", 60), ("hour", 3_600), ("d", 86_400)])
def test_periods(db, period, seconds):
    count("ada", f"1/{period}", NOW)
    assert count("ada", f"1/{period}", NOW) == seconds


def test_another_period_counts_from_the_next_request_on(db):
    count("ada", "1/day", NOW)
    assert count("ada", "1/day", after(60)) == 86_340
    assert count("ada", "1/min", after(61)) is None


def test_a_clock_that_was_ahead_keeps_nobody_out(db):
    count("ada", "1/min", NOW + timedelta(days=900))
    assert count("ada", "1/min", NOW) is None
    assert count("ada", "1/min", after(1)) == 59


def test_a_worker_whose_clock_is_a_little_behind_counts_in_the_same_window(db):
    count("ada", "1/min", NOW)
    assert count("ada", "1/min", after(-0.05)) == 61


def test_counting_is_one_statement_whose_text_is_always_the_same(db):
    texts = {
        asked_by(lambda second=second: count("ada", "1/min", after(second)))[0].split("VALUES")[0]
        for second in (0, 1, 61)
    }
    assert texts == {"INSERT INTO ground_limit (who, began_at, counted, last_at) "}
    assert len(asked_by(lambda: count("ben", "1/min", NOW))) == 1


def test_rows_are_forgotten_when_every_window_is_over(db):
    count("ada", "1/day", NOW)
    count("ben", "1/day", after(1))
    assert forget(NOW + FORGOTTEN_AFTER) == 0
    assert forget(after(0.5) + FORGOTTEN_AFTER) == 1
    assert last_counted(["ada", "ben"]) == {"ben": after(1)}


@pytest.mark.postgres
def test_counting_waits_for_no_disk(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = %s", [Limit._meta.db_table])
        assert cursor.fetchone() == ("u",)
