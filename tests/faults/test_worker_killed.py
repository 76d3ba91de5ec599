"""The letter worker is a real process here, and so is its death: letters come back, none is stuck, none is doubled by
workers that live."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone

from outbox import letters, worker
from outbox.models import Message
from outbox.rendering import message_id
from tests.faults.post_office import PostOffice
from tests.faults.test_crashes import ROOT, address_of_the_test_database

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with PostOffice() as office:
        yield office


@contextmanager
def working(office: PostOffice, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {
        **kept,
        "DEBUG": "true",
        "DATABASE_URL": address_of_the_test_database(),
        "DATABASE_POOL": "false",
        "EMAIL_URL": office.address,
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "manage.py", "deliver", *options]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def write(to, number=0):
    data = {"subject": f"Letter {number}", "body": "Hello.", "html": ""}
    return letters.queue(template="as_written", to=to, data=data, now=timezone.now())


def sent(message):
    message.refresh_from_db()
    return message.sent_at is not None


def test_a_letter_whose_worker_was_killed_in_mid_send_arrives_once_it_is_restarted(ada, office, figure):
    message = write(ada)
    office.answers.clear()
    with working(office) as process:
        assert office.something_arrived.wait(30), "the worker never came to the post office"
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert not sent(message)
    assert message.attempts == 1
    with working(office, "--once") as process:
        assert b"0 letters sent" in process.communicate(timeout=60)[0], "the dead worker's lease still runs"
    message.refresh_from_db()
    assert timezone.now() < message.claimed_until <= timezone.now() + worker.LEASE
    Message.objects.update(claimed_until=timezone.now())  # five minutes later
    office.answers.set()
    with working(office, "--once") as process:
        assert b"1 letter sent" in process.communicate(timeout=60)[0]
    assert sent(message)
    assert [letter["Message-ID"] for letter in office.arrived] == [message_id(message)] * 2
    figure("kill -9 in mid-send: the letter arrived once the worker was restarted, under the same message id")


def test_a_worker_that_is_told_to_end_finishes_the_letter_in_hand(ada, office):
    first, second = write(ada, 1), write(ada, 2)
    office.answers.clear()
    with working(office) as process:
        assert office.something_arrived.wait(30)
        process.terminate()
        time.sleep(0.2)
        office.answers.set()
        assert process.wait(timeout=30) == 0
    assert (sent(first), sent(second)) == (True, False)
    assert [letter["Subject"] for letter in office.arrived] == ["Letter 1"]


def test_three_workers_send_each_letter_once(ada, office):
    written = {message_id(write(ada, number)) for number in range(60)}
    with working(office, "--once") as a, working(office, "--once") as b, working(office, "--once") as c:
        told = [process.communicate(timeout=120)[0] for process in (a, b, c)]
    assert sum(int(said.split()[0]) for said in told) == 60
    arrived = [letter["Message-ID"] for letter in office.arrived]
    assert len(arrived) == 60
    assert set(arrived) == written


def test_a_mail_server_that_is_away_stops_nobody_and_nothing_is_lost(ada, office):
    message = write(ada)
    office.shutdown()
    office.server_close()
    with working(office, "--once") as process:
        assert b"0 letters sent" in process.communicate(timeout=60)[0]
        assert process.returncode == 0
    message.refresh_from_db()
    assert "ConnectionRefusedError" in message.last_error
    assert message.due_at > timezone.now()
