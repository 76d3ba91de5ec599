"""The worker: each letter once, whatever goes wrong with another one."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.utils import timezone

from outbox import jobs, letters, worker
from outbox.models import Job, Message
from outbox.rendering import message_id
from tests.world import NOW

pytestmark = pytest.mark.django_db
LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


class Moody(EmailBackend):
    """A mail server that refuses Ben and takes everybody else."""

    def send_messages(self, messages):
        if messages[0].to == ["ben@example.com"]:
            raise ConnectionRefusedError("not today")
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def post(settings):
    settings.DELIVERY_BACKEND = LOCMEM
    mail.outbox = []


def write(to, *, subject="Hello", now=NOW):
    data = {"subject": subject, "body": "A letter.", "html": "<p>A letter.</p>"}
    return letters.queue(template="as_written", to=to, data=data, now=now)


def deliver(*, now=NOW):
    return worker.empty(threading.Event(), clock=lambda: now)


def test_a_letter_is_sent_once_with_the_id_of_its_row(ada):
    message = write(ada)
    assert (deliver(), deliver()) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject, sent.body) == (["ada@example.com"], "Hello", "A letter.")
    assert sent.extra_headers["Message-ID"] == message_id(message) == f"<{message.pk}@127.0.0.1>"
    assert sent.alternatives[0].content == "<p>A letter.</p>"
    message.refresh_from_db()
    assert (message.sent_at, message.attempts, message.claimed_until) == (NOW, 1, None)


def test_a_letter_that_is_not_due_waits(ada):
    write(ada, now=NOW + timedelta(seconds=1))
    assert deliver() == 0
    assert deliver(now=NOW + timedelta(seconds=1)) == 1


def test_a_refused_letter_waits_longer_each_time_and_others_go_out(ada, ben, settings):
    settings.DELIVERY_BACKEND = "tests.outbox.test_worker.Moody"
    refused = write(ben)
    write(ada)
    assert deliver() == 1
    assert [sent.to for sent in mail.outbox] == [["ada@example.com"]]
    refused.refresh_from_db()
    assert (refused.attempts, refused.sent_at, refused.dead_at) == (1, None, None)
    assert refused.last_error == "ConnectionRefusedError: not today"
    assert timedelta(seconds=30) <= refused.due_at - NOW <= timedelta(seconds=90)
    assert [worker.pause_after(n) <= timedelta(hours=9) for n in range(1, 40)] == [True] * 39
    assert worker.pause_after(5) >= timedelta(minutes=8)


def test_a_letter_dies_after_twelve_attempts_and_stays_to_be_seen(ben, settings):
    settings.DELIVERY_BACKEND = "tests.outbox.test_worker.Moody"
    message, now = write(ben), NOW
    for _ in range(worker.MOST_ATTEMPTS + 1):
        deliver(now=now)
        now += timedelta(hours=10)
    message.refresh_from_db()
    assert (message.attempts, message.sent_at) == (worker.MOST_ATTEMPTS, None)
    assert message.dead_at is not None


def test_a_letter_whose_template_is_gone_does_not_stop_the_next(ada, ben):
    broken = letters.queue(template="nowhere", to=ada, data={}, now=NOW)
    write(ben)
    assert deliver() == 1
    broken.refresh_from_db()
    assert "TemplateDoesNotExist" in broken.last_error


def test_a_claimed_letter_comes_back_only_after_the_lease(ada):
    message = write(ada)
    assert worker.claim(now=NOW) == message
    assert worker.claim(now=NOW + worker.LEASE - timedelta(microseconds=1)) is None
    assert worker.claim(now=NOW + worker.LEASE) == message


def test_a_worker_that_overslept_cannot_mark_what_another_has_taken_over(ada):
    write(ada)
    slow = worker.claim(now=NOW)
    quick = worker.claim(now=NOW + worker.LEASE)
    worker._note_failure(slow, ConnectionResetError(), now=NOW + worker.LEASE)
    found = Message.objects.get()
    assert (found.attempts, found.claimed_until, found.last_error) == (2, quick.claimed_until, "")


def test_a_letter_that_kills_its_workers_dies_in_the_end(ada):
    now = NOW
    message = write(ada)
    for _ in range(worker.MOST_ATTEMPTS):
        assert worker.claim(now=now) == message
        now += worker.LEASE
    assert deliver(now=now) == 0
    message.refresh_from_db()
    assert message.dead_at == now
    assert "every worker that tried it died" in message.last_error
    assert mail.outbox == []


def test_a_line_break_in_a_subject_makes_no_header(ada):
    write(ada, subject="Ferns\r\nBcc: all@example.com")
    deliver()
    assert mail.outbox[0].subject == "Ferns Bcc: all@example.com"
    assert mail.outbox[0].bcc == []


def test_deliver_once_empties_the_queue_and_says_so(ada, capsys, monkeypatch):
    monkeypatch.setattr(jobs, "registered", {})
    write(ada, now=timezone.now())
    write(ada, now=timezone.now())
    call_command("deliver", once=True)
    assert capsys.readouterr().out == "2 letters sent, 0 jobs run.\n"
    assert len(mail.outbox) == 2


def test_work_survives_a_broken_database_call_and_ends_when_told(ada, monkeypatch):
    stop, calls = threading.Event(), []

    def troubled(*_, **__):
        calls.append(1)
        if len(calls) == 2:
            stop.set()
        raise RuntimeError("the database is away")

    monkeypatch.setattr(worker, "empty", troubled)
    monkeypatch.setattr(worker, "TROUBLE_SECONDS", 0)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(jobs, "registered", {})
    worker.work(stop)
    assert len(calls) == 2


class TestJobs:
    @pytest.fixture
    def ran(self, monkeypatch):
        monkeypatch.setattr(jobs, "registered", {})
        instants = []

        @jobs.every(hours=1)
        def tidy(now):
            instants.append(now)

        return instants

    def run(self, now):
        return jobs.run_due(clock=lambda: now)

    def test_a_job_runs_when_it_is_due_and_not_before(self, db, ran):
        later = [NOW, NOW + timedelta(minutes=59), NOW + timedelta(hours=1)]
        assert [self.run(now) for now in later] == [1, 0, 1]
        assert ran == [NOW, NOW + timedelta(hours=1)]

    def test_a_job_that_fails_says_why_and_runs_again_soon(self, db, ran):
        @jobs.every(hours=1)
        def sulk(now):
            raise ValueError("no")

        assert self.run(NOW) == 2
        job = Job.objects.get(name="sulk")
        assert (job.last_error, job.due_at) == ("ValueError: no", NOW + timedelta(minutes=5))
        assert ran == [NOW]

    def test_a_job_whose_worker_died_is_taken_up_after_the_lease(self, db, ran):
        jobs._make_rows(NOW)
        assert jobs._claim(now=NOW).name == "tidy"
        assert self.run(NOW + jobs.LEASE - timedelta(microseconds=1)) == 0
        assert self.run(NOW + jobs.LEASE) == 1
