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


def test_plain_text_of_a_library_is_put_into_the_store_s_look(ada):
    body = "Open the link:\n\nhttps://store.example/password/x-1/\n\n<b>Never</b> mind"
    letter = letters.queue(template="as_written", to=ada, data={"subject": "New", "body": body}, now=NOW)
    told = render(letter)
    assert told.text == body
    assert '<a href="https://store.example/password/x-1/"' in told.html
    assert "&lt;b&gt;Never&lt;/b&gt;" in told.html
    assert "support@store.example" in told.html


def test_a_sign_up_sends_its_letter_through_the_outbox(client, db, settings):
    settings.EMAIL_BACKEND = "outbox.backend.QueueBackend"
    words = {"email": "new@example.com", "password1": "calm-ledger-42", "password2": "calm-ledger-42"}
    assert client.post("/sign-up/", words).status_code == 302
    (letter,) = Message.objects.all()
    told = render(letter)
    assert letter.to == "new@example.com"
    assert f"{settings.PUBLIC_URL}/sign-up/confirm/" in told.text
    assert f'href="{settings.PUBLIC_URL}/sign-up/confirm/' in told.html
