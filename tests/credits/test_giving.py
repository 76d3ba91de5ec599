"""Credits that a lead gives."""

import pytest
from django.db import transaction

from accounts.models import AuditLine
from credits.giving import give
from credits.models import Entry
from ground.refusals import NotAllowed
from outbox.models import Message
from outbox.rendering import render
from tests.world import NOW, balance

pytestmark = pytest.mark.django_db


def given(customer, *, by, why="For the broken download of Bark"):
    with transaction.atomic():
        return give(
            customer=customer, credits=25, kind="compensation", expires_at=None, why=why, by=by, now=NOW
        )


def test_a_lead_gives_credits_and_the_customer_reads_why(ada, lea):
    given(ada, by=lea)
    assert balance(ada) == 25
    line = Entry.objects.get()
    assert (line.kind, line.credits, line.memo, line.made_by) == (
        "grant",
        25,
        "For the broken download of Bark",
        lea,
    )
    trail = AuditLine.objects.get()
    assert (trail.by, trail.act, trail.subject) == (lea, "give credits", "ada@example.com")
    assert trail.why == "25 compensation: For the broken download of Bark"
    letter = render(Message.objects.get())
    assert letter.subject == "25 credits are in your wallet"
    assert "For the broken download of Bark" in letter.text
    assert "They are compensation credits and do not expire." in letter.text
    assert "Your balance was 25 credits when they arrived." in letter.html


def test_an_agent_a_customer_and_a_lead_for_herself_are_refused(ada, sam, lea):
    for customer, by in ((ada, sam), (ada, ada), (lea, lea)):
        with pytest.raises(NotAllowed, match="Nothing was given"):
            given(customer, by=by)
    assert not Entry.objects.exists()
    assert not AuditLine.objects.exists()


def test_what_a_lead_writes_is_shown_as_text(ada, lea):
    given(ada, by=lea, why="<script>alert(1)</script> & co")
    letter = render(Message.objects.get())
    assert "<script>alert" not in letter.html
    assert "<script>alert(1)</script> & co" in letter.text
