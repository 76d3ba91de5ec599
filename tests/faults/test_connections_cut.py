"""The server drops every connection again and again while refunds run, as a restart does: clients ask again with their
key."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from credits.models import Entry
from ground.refusals import Busy, InProgress
from ground.transactions import OutcomeUnknown
from refunds.models import CreditNote, Refund
from tests.faults.asking import refund_with_its_key
from tests.world import balance, buy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CUT_ALL_OTHERS = """
    SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def stubbornly(number: str) -> tuple[str, int]:
    """A client that asks until it has an answer; returns the answer and how often it was cut off."""
    for cut in range(200):
        try:
            return refund_with_its_key(number).body, cut
        except (DatabaseError, InterfaceError, Busy, InProgress, OutcomeUnknown):
            connection.close()
        finally:
            connection.close()
    raise AssertionError("no answer after 200 tries")


def test_every_refund_happens_once_however_often_its_connection_is_cut(ada, ben, oak, figure):
    now = timezone.now()
    numbers = [buy(person, oak, again=True, now=now).number for person in (ada, ben) for _ in range(20)]
    over = threading.Event()
    cuts = 0
    with ThreadPoolExecutor(4) as clients:
        answers = [clients.submit(stubbornly, number) for number in numbers]
        # Longer between the cuts each time, so that a slow machine comes through as well.
        pause = 0.05
        while not over.wait(pause):
            pause *= 1.2
            with connection.cursor() as cursor:
                cursor.execute(CUT_ALL_OTHERS)
                cuts += cursor.fetchone()[0]
            if all(answer.done() for answer in answers):
                over.set()
    told = [answer.result()[0] for answer in answers]
    assert cuts > 0
    assert len(set(told)) == len(numbers)
    assert Refund.objects.count() == CreditNote.objects.count() == len(numbers)
    assert Entry.objects.filter(kind="restore").count() == len(numbers)
    assert (balance(ada), balance(ben)) == (800, 800)
    lost = sum(answer.result()[1] for answer in answers)
    figure(
        f"{len(numbers)} refunds while {cuts} connections were cut: {lost} asked again, each happened once"
    )
