"""An act queues one row; the worker turns it into letters, all of them and once."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction

from outbox import acts, worker
from outbox.models import Message
from tests.world import NOW, buy, give
from tests.world import write_letters as written

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def post(settings):
    settings.DELIVERY_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


def deliver(*, now=NOW):
    return worker.empty(threading.Event(), clock=lambda: now)


def test_the_worker_writes_the_letter_of_a_purchase_and_sends_it(ada, oak):
    purchase = buy(ada, oak)
    act = Message.objects.get()
    assert (act.template, act.data, act.to, act.person) == ("purchase", {"id": purchase.pk}, "", None)
    deliver()
    (letter,) = Message.objects.all()
    assert (letter.template, letter.to, letter.person) == ("receipt", "ada@example.com", ada)
    assert (letter.queued_at, letter.sent_at, letter.attempts) == (NOW, NOW, 1)
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["ada@example.com"], "You bought Oak trees for 40 credits")
    ]
    assert deliver() == 0


def test_an_act_is_no_letter_to_be_counted(ada, oak):
    buy(ada, oak)
    assert deliver() == 1


def test_an_act_that_did_not_happen_has_no_letter(ada, oak):
    give(ada, 40)
    with transaction.atomic():
        buy(ada, oak, with_credits=False)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_two_workers_with_one_act_write_its_letters_once(ada, oak):
    buy(ada, oak)
    slow = worker.claim(now=NOW)
    quick = worker.claim(now=NOW + worker.LEASE)
    assert slow == quick
    assert (acts.write_letters(slow), acts.write_letters(quick), acts.write_letters(quick)) == (
        False,
        True,
        False,
    )
    assert list(Message.objects.values_list("template", flat=True)) == ["receipt"]


def test_an_act_whose_letters_cannot_be_written_waits_and_stops_nobody(ada, oak, fern, monkeypatch):
    stuck, fine = buy(ada, oak), buy(ada, fern)
    write = acts.written_by["purchase"]

    def moody(pk, at):
        if pk == stuck.pk:
            raise LookupError("not today")
        return write(pk, at)

    monkeypatch.setitem(acts.written_by, "purchase", moody)
    deliver()
    waiting = Message.objects.get(template="purchase")
    assert (waiting.data, waiting.attempts, waiting.last_error) == (
        {"id": stuck.pk},
        1,
        "LookupError: not today",
    )
    assert waiting.due_at > NOW
    assert [letter.data["invoice"] for letter in Message.objects.filter(template="receipt")] == [fine.number]
    monkeypatch.undo()
    deliver(now=NOW + timedelta(minutes=2))
    assert {letter.data["invoice"] for letter in Message.objects.all()} == {stuck.number, fine.number}


def test_letters_that_break_halfway_leave_the_act(ada, oak, monkeypatch):
    buy(ada, oak)

    def breaks(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(type(Message.objects), "bulk_create", breaks)
    with pytest.raises(ZeroDivisionError):
        written()
    monkeypatch.undo()
    assert [letter.template for letter in Message.objects.all()] == ["purchase"]
    written()
    assert [letter.template for letter in Message.objects.all()] == ["receipt"]
