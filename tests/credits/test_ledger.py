"""The ledger in plain values: which lots pay, which expire, and what it refuses before anything is done."""

from datetime import timedelta
from itertools import pairwise, permutations

import pytest

from credits import ledger
from credits.ledger import MOST, Lot, Wallet
from credits.refusals import InsufficientCredits, TooManyCredits
from ground.laws import LawBroken
from tests.credits.plain import ADA, BEN, left, lot, pay, restore, state
from tests.world import NOW, days_before

# --- Which lots pay ------------------------------------------------------------------------------------------------


def test_lots_pay_soonest_expiry_first_then_promo_compensation_paid_then_oldest(wallet):
    lot(wallet, "paid, old", 10, days_ago=9)
    lot(wallet, "paid, new", 10, days_ago=1)
    lot(wallet, "compensation", 10, kind="compensation")
    lot(wallet, "promo", 10, kind="promo")
    lot(wallet, "paid, late", 10, days=20)
    lot(wallet, "promo, soon", 10, kind="promo", days=5)
    lot(wallet, "paid, soon", 10, days=4)
    payment = pay(wallet, 65)
    assert [(usage.lot.source, usage.spent) for usage in payment.usages] == [
        ("paid, soon", 10),
        ("promo, soon", 10),
        ("paid, late", 10),
        ("promo", 10),
        ("compensation", 10),
        ("paid, old", 10),
        ("paid, new", 5),
    ]
    assert left(wallet) == {"paid, new": 5}
    assert wallet.balance == 5


def test_of_two_that_arrived_at_one_instant_the_first_pays_first_also_before_they_have_ids():
    wallet = Wallet(ADA)
    lot(wallet, "first", 10)
    lot(wallet, "second", 10)
    assert [usage.lot.source for usage in pay(wallet, 11).usages] == ["first", "second"]
    assert (wallet.lots[0].source, wallet.lots[0].remaining, wallet.lots[0].id) == ("second", 9, None)


def test_the_order_does_not_depend_on_how_the_lots_lie(wallet):
    three = [lot(wallet, "a", 1, days=1), lot(wallet, "b", 1, kind="promo"), lot(wallet, "c", 1)]
    for lying in permutations(three):
        assert ledger.draw(lying, credits=3, at=NOW) == [(one, 1) for one in three]


def test_an_expired_lot_is_never_spent_even_if_nobody_wrote_its_expiry(wallet):
    lot(wallet, "gone", 30, days=0)
    lot(wallet, "there", 10)
    before = state(wallet)
    with pytest.raises(InsufficientCredits) as refused:
        pay(wallet, 11)
    assert refused.value.facts == {"credits": 11, "balance": 10}
    assert state(wallet) == before
    assert pay(wallet, 10).usages[0].lot.source == "there"


def test_a_lot_pays_until_the_instant_it_expires(wallet):
    lot(wallet, "ends", 30, days=1)
    assert pay(wallet, 10, at=NOW + timedelta(days=1, microseconds=-1)).credits == 10
    with pytest.raises(InsufficientCredits):
        pay(wallet, 10, at=NOW + timedelta(days=1))


def test_a_payment_draws_just_as_it_is_told(wallet):
    soon, late = lot(wallet, "soon", 10, days=1), lot(wallet, "late", 10, days=9)
    payment = pay(wallet, 7, draws=[(late, 5), (soon, 2)])
    assert [(usage.lot, usage.spent) for usage in payment.usages] == [(late, 5), (soon, 2)]
    assert left(wallet) == {"soon": 8, "late": 5}


def test_draws_that_are_not_what_is_paid_break_a_law(wallet):
    mine = lot(wallet, "mine", 10)
    theirs = lot(Wallet(BEN), "theirs", 10)
    before = state(wallet)
    for credits, draws, law in (
        (7, [(mine, 6)], "what is drawn from the lots is what is paid"),
        (7, [], "what is drawn from the lots is what is paid"),
        (11, [(mine, 11)], "no lot gives more than it holds"),
        (7, [(mine, 0), (mine, 7)], "no lot gives more than it holds"),
        (7, [(theirs, 7)], "a payment draws on its own wallet"),
    ):
        with pytest.raises(LawBroken, match=law):
            pay(wallet, credits, draws=draws)
        assert state(wallet) == before
    assert theirs.remaining == 10


def test_the_turns_of_lots_are_all_different():
    lots = [
        Lot(ADA, kind, 1, 1, ends, "x", born, id=pk)
        for ends in (NOW, NOW + timedelta(days=1), None)
        for kind in ("promo", "compensation", "paid")
        for born in (days_before(2), days_before(1))
        for pk in (1, 2)
    ]
    turns = [one.turn for one in lots]
    assert all(one < next_one for one, next_one in pairwise(turns))


# --- Expiry --------------------------------------------------------------------------------------------------------


def test_a_lot_expires_at_its_instant_and_not_before(wallet):
    ends = lot(wallet, "ends", 30, days=0)
    lot(wallet, "stays", 5, days=1)
    assert ledger.expire_due(wallet, now=NOW - timedelta(microseconds=1)) == 0
    assert wallet.balance == 35
    assert ledger.expire_due(wallet, now=NOW) == 30
    assert (wallet.balance, ends.remaining, left(wallet)) == (5, 0, {"stays": 5})
    line = wallet.lines[-1]
    assert (line.kind, line.credits, line.at, line.memo, line.facts) == ("expire", -30, NOW, "Expired", "{}")
    assert ledger.expire_due(wallet, now=NOW) == 0


def test_several_expire_in_spending_order(wallet):
    lot(wallet, "b", 2, days=-1)
    lot(wallet, "c", 3, days=0)
    lot(wallet, "a", 1, days=-2)
    assert ledger.expire_due(wallet, now=NOW) == 6
    assert [line.lot.source for line in wallet.lines[3:]] == ["a", "b", "c"]


def test_a_lot_does_not_expire_before_its_time(wallet):
    for one in (lot(wallet, "ends", 30, days=1), lot(wallet, "never", 30)):
        with pytest.raises(LawBroken, match="a lot expires when its time has come"):
            ledger.expire(wallet, one, at=NOW)


# --- What is refused -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("credits", [0, -1, 1.0, True, "10", None, MOST + 1, float("nan"), 2**63])
def test_only_whole_credits_are_taken(wallet, credits):
    lot(wallet, "there", 50)
    before = state(wallet)
    with pytest.raises(TypeError):
        ledger.grant(wallet, credits=credits, kind="paid", source="x", at=NOW)
    with pytest.raises(TypeError):
        pay(wallet, credits)
    assert state(wallet) == before


def test_a_wallet_that_would_hold_too_much_refuses_and_holds_what_it_held(wallet):
    lot(wallet, "all", MOST)
    before = state(wallet)
    with pytest.raises(TooManyCredits):
        lot(wallet, "one more", 1)
    assert state(wallet) == before
    payment = pay(wallet, 10)
    lot(wallet, "between", 5)
    before = state(wallet)
    with pytest.raises(TooManyCredits):
        restore(wallet, payment, 10)
    assert state(wallet) == before
    assert (wallet.balance, payment.usages[0].restored) == (MOST - 5, 0)


def test_a_kind_that_is_none_is_refused(wallet):
    with pytest.raises(LawBroken, match="a lot is of a known kind"):
        lot(wallet, "x", 1, kind="gold")
    assert state(wallet) == ((0, 0, "", 0), [])


def test_no_line_overdraws_a_wallet(wallet):
    one = lot(wallet, "only", 10)
    with pytest.raises(LawBroken, match="no wallet is ever overdrawn"):
        ledger.append(wallet, ledger.Line("spend", -11, one, "{}", NOW, "x"))
