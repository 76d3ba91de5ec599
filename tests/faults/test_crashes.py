"""The server is killed in the middle of refunds: nothing that was acknowledged is lost, nothing is doubled, and a retry with
the key gets the one true answer."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from credits.models import Entry
from refunds.models import CreditNote, Refund
from storefront.models import Series
from tests.faults.asking import refund_with_its_key
from tests.world import balance, buy

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
MANY = 60


def address_of_the_test_database() -> str:
    where = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{where['NAME']}"
    host = where["OPTIONS"].get("host") or where["HOST"]
    return f"postgres://{where['USER']}:{where['PASSWORD']}@/{where['NAME']}?host={host}"


def killed_after(acknowledged: int, numbers: list[str]) -> list[str]:
    """Starts the refunder, and kills it at once when it has said so many answers; returns what it said."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    said: list[str] = []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.refunder", *numbers],
        cwd=ROOT,
        env={
            **kept,
            "DEBUG": "true",
            "DATABASE_URL": address_of_the_test_database(),
            "DATABASE_POOL": "false",
        },
        stdout=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stdout is not None
        for line in worker.stdout:
            said.append(line.strip())
            if len(said) == acknowledged:
                # A little later, so that the kill falls anywhere inside the next refund.
                time.sleep(0.0007 * acknowledged)
                break
        os.kill(worker.pid, signal.SIGKILL)
        said += [line.strip() for line in worker.stdout if line.endswith("\n")]
    return said


def test_kill_9_in_the_middle_of_refunds_loses_and_doubles_nothing(ada, oak, figure):
    now = timezone.now()
    numbers = [buy(ada, oak, again=True, now=now).number for _ in range(MANY)]
    said: list[str] = []
    for acknowledged in (1, 4, 7, 3):
        said += killed_after(acknowledged, numbers[len(said) :])
    told = {line.split(" ", 1)[0]: line.split(" ", 1)[1] for line in said}
    assert 0 < len(told) < MANY, "the worker was killed before it was done"
    answers = {number: refund_with_its_key(number) for number in numbers}
    for number, words in told.items():
        assert f"{answers[number].status} {answers[number].body}" == words
        assert answers[number].replayed
    assert Refund.objects.count() == MANY
    assert balance(ada) == 40 * MANY
    assert Entry.objects.filter(kind="restore").count() == MANY
    assert CreditNote.objects.count() == Series.objects.get(prefix="CN").last == MANY
    figure(f"kill -9 four times in {MANY} refunds: {len(told)} acknowledged, none lost, none doubled")
