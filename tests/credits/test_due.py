"""Expiry by the clock, the word before it, and answers past their date."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from credits.due import expire_credits, forget_receipts, warn_of_expiry
from credits.models import Entry, ExpiryNotice
from ground.models import Receipt
from outbox import jobs
from outbox.models import Message
from outbox.rendering import render
from tests.world import NOW, balance, give

pytestmark = pytest.mark.django_db(transaction=True)


def letters_about_expiry():
    return [
        (message.to, message.data["days"], message.data["credits"])
        for message in Message.objects.filter(template="credits_expire").order_by("queued_at")
    ]


def test_the_job_writes_what_is_due_and_nothing_else(ada, ben):
    give(ada, 30, kind="promo", expires_in=0)
    give(ada, 20, expires_in=0.001)
    give(ben, 10)
    assert expire_credits(NOW) == 1
    assert expire_credits(NOW) == 0
    assert (balance(ada), balance(ben)) == (20, 10)
    (line,) = Entry.objects.filter(kind="expire")
    assert (line.credits, line.balance_after, line.at, line.memo) == (-30, 20, NOW, "Expired")


def test_the_command_says_what_it_did(ada, capsys):
    give(ada, 30, expires_in=-1)
    call_command("expire_credits")
    assert capsys.readouterr().out == "Expiry written for 1 wallet.\n"
    call_command("expire_credits", json=True)
    assert capsys.readouterr().out == '{"wallets": 0}\n'


def test_ada_is_told_thirty_and_seven_days_before_and_only_once_each(ada):
    give(ada, 50, kind="promo", expires_in=40)
    give(ada, 20, expires_in=41)
    days = [0, 9, 10, 10.5, 11, 20, 33, 33.5, 34, 36, 39.9]
    for day in days:
        warn_of_expiry(NOW + timedelta(days=day))
    assert letters_about_expiry() == [
        ("ada@example.com", 30, 50),
        ("ada@example.com", 30, 20),
        ("ada@example.com", 7, 50),
        ("ada@example.com", 7, 20),
    ]
    assert ExpiryNotice.objects.count() == 4


def test_a_lot_that_never_had_thirty_days_is_spoken_of_only_a_week_before(ada):
    give(ada, 5, days_ago=0, expires_in=20)
    warn_of_expiry(NOW)
    assert letters_about_expiry() == []
    warn_of_expiry(NOW + timedelta(days=13))
    assert letters_about_expiry() == [("ada@example.com", 7, 5)]


def test_the_letter_names_each_lot_in_the_reader_s_time(ada):
    ada.time_zone = "Europe/Berlin"
    ada.save()
    give(ada, 50, kind="promo", expires_in=5)
    give(ada, 1, kind="compensation", expires_in=6)
    warn_of_expiry(NOW)
    letter = render(Message.objects.get())
    assert letter.subject == "51 credits expire in a week"
    assert "- 50 credits, promotional: until Thu 26 Nov 2026, 13:00 CET\n" in letter.text
    assert "- 1 credit, compensation: until Fri 27 Nov 2026, 13:00 CET\n" in letter.text
    assert "Thu 26 Nov 2026, 13:00 CET" in letter.html


def test_answers_past_their_date_are_forgotten_and_others_kept(ada):
    for key, keep_until in (("old", NOW - timedelta(seconds=1)), ("new", NOW), ("good", None)):
        Receipt.objects.create(
            person_id=ada.pk,
            key=key,
            request="x",
            status=200,
            made_at=NOW,
            keep_until=keep_until,
        )
    assert forget_receipts(NOW) == 1
    assert set(Receipt.objects.values_list("key", flat=True)) == {"new", "good"}


def test_the_worker_knows_these_jobs():
    assert {"expire_credits", "warn_of_expiry", "forget_receipts"} <= jobs.registered.keys()
