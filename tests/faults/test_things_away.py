"""What does not need the missing part goes on: no mail server, no cache, no room on the disk, a clock that is set back."""

import errno
import io
import logging
import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.utils import timezone

from credits.proofs import Progress, findings
from ground import tally
from outbox import letters, worker
from outbox.models import Message
from storefront.refusals import NotOwned
from tests.faults.post_office import PostOffice
from tests.refunds.test_refunding import ask
from tests.world import balance, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)


def proof() -> list[object]:
    return list(findings(Progress()))


# --- The mail server ------------------------------------------------------------------------------------------------


@pytest.fixture
def office(settings):
    with PostOffice() as office:
        settings.DELIVERY_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = office.server_address
        settings.EMAIL_TIMEOUT = 0.3
        yield office


def sent_at(now) -> int:
    return worker.empty(threading.Event(), clock=lambda: now)


def letter_to(person) -> Message:
    data = {"subject": "Hello", "body": "Hello.", "html": ""}
    return letters.queue(template="as_written", to=person, data=data, now=timezone.now())


def test_a_mail_server_that_hangs_after_the_letter_is_asked_again_with_the_same_letter(ada, office):
    message = letter_to(ada)
    office.answers.clear()
    assert sent_at(timezone.now()) == 0
    message.refresh_from_db()
    assert (message.sent_at, message.attempts, message.dead_at) == (None, 1, None)
    office.answers.set()
    assert sent_at(message.due_at) == 1
    assert len({letter["Message-ID"] for letter in office.arrived}) == 1


def test_a_mail_server_that_dies_after_the_letter_is_asked_again_with_the_same_letter(ada, office):
    message = letter_to(ada)
    office.dies_after_data = True
    assert sent_at(timezone.now()) == 0
    office.dies_after_data = False
    message.refresh_from_db()
    assert sent_at(message.due_at) == 1
    assert [letter["Message-ID"] for letter in office.arrived] == [office.arrived[0]["Message-ID"]] * 2


# --- The cache ------------------------------------------------------------------------------------------------------


def test_without_the_cache_pages_and_refunds_go_on_and_counts_are_kept(client, ada, oak, monkeypatch):
    def away(*_: object, **__: object) -> None:
        raise ConnectionError("no cache")

    tally.flush()
    cache.clear()
    for act in ("get", "add", "incr", "set"):
        monkeypatch.setattr(cache, act, away)
    purchase = buy(ada, oak, now=timezone.now())
    client.force_login(ada)
    page = client.get(f"/purchases/{purchase.number}/refund/")
    assert page.status_code == 200
    form = page.context["form"]
    sent = {"key": form["key"].value(), "expected_credits": "40"}
    assert client.post(f"/purchases/{purchase.number}/refund/", sent).status_code == 302
    tally.flush()
    monkeypatch.undo()
    assert balance(ada) == 40
    tally.flush()
    assert tally.total("quotes.eligible") == 1


# --- The disk -------------------------------------------------------------------------------------------------------


def test_no_room_for_what_is_uploaded_is_a_503_and_nothing_is_kept(client, ada, oak, monkeypatch):
    buy(ada, oak, now=timezone.now())
    client.force_login(ada)
    client.raise_request_exception = False
    logging.getLogger("django.request").setLevel(logging.CRITICAL)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", full)
    file = io.BytesIO(b"%PDF-" + b"x" * 3_000_000)
    file.name = "invoice.pdf"
    answer = client.post("/cases/new/", {"grounds": "broken", "message": "It broke.", "attachments": file})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "not done" not in answer.content.decode()


# --- The clock ------------------------------------------------------------------------------------------------------


def test_a_clock_that_steps_back_an_hour_loses_nothing_and_breaks_no_law(ada, oak, bark):
    now = timezone.now()
    oaks = buy(ada, oak, now=now)
    before = now - timedelta(hours=1)
    # Until the clock has caught up, what was bought ahead of it is not owned yet, and what is bought now is.
    with pytest.raises(NotOwned):
        fetch(ada, oak, at=before)
    barks = buy(ada, bark, now=before)
    fetch(ada, bark, at=before + timedelta(minutes=1))
    assert ask(ada, oaks, 0, now=before).outcome.purchase == oaks
    assert ask(ada, oaks, 40, now=now, key="later").status == 201
    assert (balance(ada), barks.completed_at, proof()) == (40, before, [])
