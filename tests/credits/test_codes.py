"""Codes: what they give, every limit, one answer for every wrong one, and the wait after five."""

from datetime import timedelta

import pytest
from django.db import transaction

from credits.codes import redeem, redeem_code
from credits.models import Code, Entry, Lot, Redemption, WrongCode
from credits.refusals import InvalidCode, TooManyGuesses
from ground.receipts import Asking, digest_of
from ground.refusals import KeyReused
from tests.world import NOW, balance, days_before

pytestmark = pytest.mark.django_db
NEUTRAL = "This code does not work for your account. Check each character; nothing was changed."


def code(text="WELCOME50", **limits):
    limits.setdefault("credits", 50)
    return Code.objects.create(code=text, created_at=days_before(30), **limits)


def ask(person, text, *, key="k1", now=NOW):
    asking = Asking(
        person=person,
        key=key,
        what=digest_of(text),
        now=now,
        door="page",
        write=lambda outcome: (200, str(outcome)),
    )
    return redeem_code(asking=asking, text=text)


def guess(person, *, times, at=NOW, text="NOPE"):
    for _ in range(times):
        key = f"guess {WrongCode.objects.count()} {at}"
        assert isinstance(ask(person, text, key=key, now=at).outcome, InvalidCode)


def refused(person, text="WELCOME50", *, now=NOW):
    """The code is refused in the neutral words, and nothing else happened but that it was counted."""
    before = (balance(person), Entry.objects.count(), Redemption.objects.count(), WrongCode.objects.count())
    answer = ask(person, text, key=f"{text[:50]} {now} {before}", now=now)
    assert isinstance(answer.outcome, InvalidCode)
    after = (balance(person), Entry.objects.count(), Redemption.objects.count(), WrongCode.objects.count())
    return str(answer.outcome) == NEUTRAL and after == (*before[:3], before[3] + 1)


def test_a_code_becomes_a_lot_that_lives_as_long_as_the_code_says(ada):
    code(kind="promo", lot_days=60)
    given = ask(ada, "WELCOME50").outcome
    lot = Lot.objects.get()
    assert (lot.kind, lot.issued, lot.expires_at) == ("promo", 50, NOW + timedelta(days=60))
    assert (given.lot.id, given.lot.issued, given.lot.expires_at) == (lot.pk, 50, lot.expires_at)
    assert (given.balance, balance(ada)) == (50, 50)
    line = Entry.objects.get()
    assert (line.kind, line.credits, line.memo, line.made_by) == ("grant", 50, "Code WELCOME50", ada)
    assert Redemption.objects.get().lot == lot


def test_credits_of_a_code_do_not_expire_unless_it_says_so(ada):
    code()
    assert ask(ada, "WELCOME50").outcome.lot.expires_at is None
    assert Lot.objects.get().expires_at is None


@pytest.mark.parametrize(
    "typed", ["welcome50", " WELCOME50\n", "WEL COME-50", "\uff37\uff25LCOME\uff15\uff10"]
)
def test_a_code_is_read_leniently(ada, typed):
    code("Welcome-50")
    ask(ada, typed)
    assert balance(ada) == 50


def test_two_codes_that_read_alike_cannot_both_be_made(ada):
    from django.db import IntegrityError

    code("WELCOME-50")
    with pytest.raises(IntegrityError), transaction.atomic():
        code("welcome 50")


def test_every_cause_gets_the_same_answer(ada, ben):
    code("OLD", expires_at=NOW)
    code("BENS", user=ben)
    code("ONCE")
    code("FEW", uses=1)
    with transaction.atomic():
        redeem(customer=ada, text="ONCE", now=days_before(2))
        redeem(customer=ben, text="FEW", now=days_before(2))
    assert [refused(ada, text) for text in ("NEVER", "OLD", "BENS", "ONCE", "FEW")] == [True] * 5
    assert balance(ada) == 50


def test_a_code_works_until_the_instant_it_expires(ada):
    code(expires_at=NOW + timedelta(microseconds=1))
    ask(ada, "WELCOME50")
    assert balance(ada) == 50


def test_uses_and_uses_for_each_account_are_counted_apart(ada, ben):
    code(uses=3, per_user=2)
    with transaction.atomic():
        redeem(customer=ada, text="WELCOME50", now=NOW)
        redeem(customer=ada, text="WELCOME50", now=NOW)
    assert refused(ada)
    ask(ben, "WELCOME50")
    assert refused(ben)
    assert (balance(ada), balance(ben)) == (100, 50)


def test_after_five_wrong_codes_the_right_one_has_to_wait_too(ada, ben):
    code()
    guess(ada, times=4, at=NOW - timedelta(minutes=4))
    guess(ada, times=1)
    with pytest.raises(TooManyGuesses, match="wait 6 minutes before") as told:
        ask(ada, "WELCOME50", key="right")
    assert told.value.facts["seconds"] == 360
    assert (balance(ada), WrongCode.objects.count()) == (0, 5)
    ask(ben, "WELCOME50")
    assert balance(ben) == 50, "nobody else waits"
    ask(ada, "WELCOME50", key="right", now=NOW + timedelta(minutes=6))
    assert balance(ada) == 50


def test_the_wait_is_ten_minutes_at_most(ada):
    guess(ada, times=5)
    with pytest.raises(TooManyGuesses, match="wait 10 minutes"):
        ask(ada, "x", key="y")
    with pytest.raises(TooManyGuesses, match="wait 1 second before"):
        ask(ada, "x", key="y", now=NOW + timedelta(minutes=9, seconds=59, microseconds=1))


def test_the_same_key_is_the_same_answer_and_one_guess(ada):
    first = ask(ada, "NOPE")
    again = ask(ada, "NOPE")
    assert (again.replayed, again.body, WrongCode.objects.count()) == (True, first.body, 1)
    with pytest.raises(KeyReused):
        ask(ada, "OTHER")


def test_a_code_is_never_redeemed_twice_by_a_retry(ada):
    code(per_user=None)
    ask(ada, "WELCOME50")
    assert ask(ada, "WELCOME50").replayed
    assert balance(ada) == 50


@pytest.mark.parametrize("text", ["", "   ", "\u202e", "=1+1", "x" * 5000, "\u2067'; --"])
def test_whatever_people_type_is_just_a_wrong_code(ada, text):
    assert refused(ada, text)
