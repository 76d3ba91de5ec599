"""What happens to letters afterwards, and to those that libraries send by themselves."""

from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.db import transaction

from outbox import letters
from outbox.models import Message
from outbox.rendering import instants, render
from outbox.tidying import KEPT, forget_letters
from tests.world import NOW

pytestmark = pytest.mark.django_db


def test_sent_letters_are_forgotten_after_a_while_and_others_never(ada):
    for sent_at in (NOW - KEPT - timedelta(seconds=1), NOW - KEPT, None):
        letter = letters.queue(template="as_written", to=ada, data={}, now=NOW - timedelta(days=365))
        Message.objects.filter(pk=letter.pk).update(sent_at=sent_at)
    assert forget_letters(NOW) == 1
    assert set(Message.objects.values_list("sent_at", flat=True)) == {NOW - KEPT, None}


def test_whatever_django_sends_waits_in_the_outbox(ada, settings):
    settings.EMAIL_BACKEND = "outbox.backend.QueueBackend"  # the test runner had put its own in place
    send_mail(
        "Reset", "Follow the link.", None, ["ada@example.com", "x@example.com"], html_message="<p>Link</p>"
    )
    queued = Message.objects.order_by("to")
    assert [(letter.to, letter.person) for letter in queued] == [
        ("ada@example.com", ada),
        ("x@example.com", None),
    ]
    letter = render(queued[0])
    assert (letter.subject, letter.text, letter.html) == ("Reset", "Follow the link.", "<p>Link</p>")


def test_a_letter_of_an_act_that_did_not_happen_is_never_sent(ada):
    with transaction.atomic():
        letters.queue(template="as_written", to=ada, data={}, now=NOW)
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_instants_are_instants_again_and_nothing_else_is():
    data = {
        "expires_at": "2026-11-21T12:00:00.000000Z",
        "until": None,
        "at": "soon",
        "note": "2026-11-21T12:00:00Z",
        "lots": [{"ends_at": "2026-11-21T12:00:00+00:00", "credits": 3}],
        "cat": "2026-11-21T12:00:00Z",
        "paid_at": "2026-99-99T12:00:00Z",
    }
    assert instants(data) == {
        **data,
        "expires_at": NOW,
        "lots": [{"ends_at": NOW, "credits": 3}],
    }
