"""Guesses that come all at once are counted one after the other: none slips through between counting and noting."""

from datetime import timedelta

import pytest

from accounts.keys import make_key
from accounts.models import ApiKeyQuerySet, UserManager
from refunds import verification
from refunds.guesses import TooManyLookUps
from refunds.models import LookUp
from refunds.verification import verify
from tests.races.together import together
from tests.world import NOW, buy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT_ONCE = 12


@pytest.fixture
def bot(gil, grove):
    return make_key(owner=gil, publisher=grove, name="Bot", now=NOW)[0]


@pytest.fixture
def slow_look(monkeypatch):
    """Between counting and noting lies the query; here it takes its time, as it does on a busy day."""
    look = verification.look

    def slowly(**asked):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(0.02)")
        return look(**asked)

    monkeypatch.setattr(verification, "look", slowly)


@pytest.fixture
def no_locks(monkeypatch):
    """The guard removed: whoever looks up reads the count without waiting for anybody."""
    monkeypatch.setattr(ApiKeyQuerySet, "note_use", lambda self, pk, now: None)
    monkeypatch.setattr(UserManager, "lock", lambda self, pk: self.get(pk=pk))


def guess_at_once(gil, grove, bot, *, most):
    """Twelve guesses where one is left, and how many of them were answered."""

    def guess(number):
        return lambda: verify(
            publisher=grove,
            numbers=[f"IN99{number:010d}"],
            by=gil,
            api_key=bot,
            door="page",
            now=NOW + timedelta(milliseconds=number % 100),
        )

    for number in range(most - 1):
        guess(100 + number)()
    told = together(*[guess(number) for number in range(AT_ONCE)])
    answered = [one for one in told if one == []]
    refused = [one for one in told if isinstance(one, TooManyLookUps)]
    assert len(answered) + len(refused) == AT_ONCE, told
    assert LookUp.objects.filter(hit=False).count() == most - 1 + len(answered)
    return len(answered)


@pytest.mark.parametrize("by_key", [True, False])
def test_of_twelve_guesses_at_once_one_is_answered_where_one_is_left(
    gil, grove, bot, slow_look, settings, by_key
):
    settings.LIMIT_INVOICE_MISSES = 5
    assert guess_at_once(gil, grove, bot if by_key else None, most=5) == 1


@pytest.mark.parametrize("by_key", [True, False])
def test_without_the_lock_more_than_one_slips_through(gil, grove, bot, slow_look, settings, no_locks, by_key):
    settings.LIMIT_INVOICE_MISSES = 5
    assert guess_at_once(gil, grove, bot if by_key else None, most=5) > 1


def test_many_tools_verify_the_same_invoices_at_once_and_nobody_fails(ada, gil, grove, moss):
    numbers = [buy(ada, moss, again=True).number for _ in range(6)]
    keys = [make_key(owner=gil, publisher=grove, now=NOW)[0] for _ in range(6)]

    def look(place):
        asked = numbers[place:] + numbers[:place]
        return lambda: verify(
            publisher=grove, numbers=asked, by=gil, api_key=keys[place], door="page", now=NOW
        )

    told = together(*[look(place) for place in range(6)])
    assert [len(found) for found in told] == [6] * 6
    assert LookUp.objects.filter(hit=True).count() == 36
