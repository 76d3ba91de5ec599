"""Which lots get credits back, in plain values: the quote and the booking both ask the same plan."""

from datetime import timedelta

import pytest

from credits import ledger
from credits.ledger import Wallet
from ground.laws import LawBroken
from tests.credits.plain import ADA, BEN, lot, pay, restore, state
from tests.world import NOW, days_before


def test_credits_come_back_in_the_reverse_order(wallet):
    lots = [
        lot(wallet, "first", 30, kind="promo", days=5),
        lot(wallet, "second", 30, kind="promo"),
        lot(wallet, "third", 30),
    ]
    payment = pay(wallet, 90)
    assert wallet.lots == []
    assert restore(wallet, payment, 40) == [lots[2], lots[1]]
    assert [one.remaining for one in lots] == [0, 10, 30]
    assert restore(wallet, payment, 50) == [lots[1], lots[0]]
    assert [one.remaining for one in lots] == [30, 30, 30]
    assert (wallet.balance, set(wallet.lots)) == (90, set(lots))
    assert [usage.restored for usage in payment.usages] == [30, 30, 30]


def test_credits_that_came_back_are_spent_again_and_their_lot_is_there_once(wallet):
    lot(wallet, "only", 30)
    for _ in range(3):
        restore(wallet, pay(wallet, 20), 20)
    assert [(one.source, one.remaining) for one in wallet.lots] == [("only", 30)]
    assert wallet.balance == 30


def test_an_expired_lot_is_born_again_with_the_life_it_had_left(wallet):
    at = days_before(50)
    spring = ledger.grant(
        wallet, credits=40, kind="promo", source="spring", expires_at=at + timedelta(days=12), at=at
    )
    payment = pay(wallet, 25, at=at)
    assert ledger.expire_due(wallet, now=NOW) == 15
    (reborn,) = restore(wallet, payment, 25)
    assert (reborn.kind, reborn.issued, reborn.remaining, reborn.source) == ("promo", 25, 25, "spring")
    assert (reborn.expires_at, reborn.created_at) == (NOW + timedelta(days=12), NOW)
    assert reborn.reborn_from == payment.usages[0].id == 1
    assert (wallet.lots, wallet.balance, spring.remaining) == ([reborn], 25, 0)
    assert [(line.kind, line.credits, line.balance_after) for line in wallet.lines] == [
        ("grant", 40, 40),
        ("spend", -25, 15),
        ("expire", -15, 0),
        ("restore", 25, 25),
    ]


def test_a_reborn_lot_lives_a_full_day_at_least(wallet):
    at = days_before(50)
    ends = at + timedelta(minutes=1)
    ledger.grant(wallet, credits=5, kind="paid", source="x", expires_at=ends, at=at)
    (reborn,) = restore(wallet, pay(wallet, 5, at=at), 5)
    assert reborn.expires_at == NOW + timedelta(days=1)


def test_what_comes_back_bit_by_bit_is_born_again_each_time(wallet):
    lot(wallet, "gone", 10, days=-1)
    payment = pay(wallet, 10, at=days_before(2))
    first, second = restore(wallet, payment, 4), restore(wallet, payment, 6)
    assert [(one.issued, one.reborn_from) for one in first + second] == [(4, 1), (6, 1)]
    assert (payment.usages[0].restored, wallet.balance) == (10, 10)


def test_a_plan_changes_nothing_and_says_what_will_happen(wallet):
    gone, there = lot(wallet, "gone", 10, days=-1), lot(wallet, "there", 10)
    payment = pay(wallet, 20, at=days_before(2))
    before = state(wallet)
    plan = ledger.plan_restoration(payment, credits=15, now=NOW)
    assert state(wallet) == before
    assert [(part.usage.lot, part.credits, part.kind, part.lot, part.expires_at) for part in plan] == [
        (there, 10, "paid", there, None),
        (gone, 5, "paid", None, NOW + timedelta(days=1)),
    ]
    assert plan == ledger.plan_restoration(payment, credits=15, now=NOW)


def test_nothing_is_planned_for_nothing(wallet):
    lot(wallet, "only", 10)
    assert ledger.plan_restoration(None, credits=5, now=NOW) == []
    assert ledger.plan_restoration(pay(wallet, 5), credits=0, now=NOW) == []


def test_never_more_comes_back_than_was_spent(wallet):
    lot(wallet, "only", 30)
    payment = pay(wallet, 20)
    with pytest.raises(LawBroken, match="never more is restored than was spent"):
        restore(wallet, payment, 21)
    plan = ledger.plan_restoration(payment, credits=15, now=NOW)
    ledger.restore(wallet, plan, evidence="e", at=NOW)
    with pytest.raises(LawBroken, match="never more is restored than was spent"):
        ledger.restore(wallet, plan, evidence="e", at=NOW)
    assert wallet.balance == 25


def test_credits_go_back_where_they_came_from(wallet):
    lot(wallet, "hers", 30)
    plan = ledger.plan_restoration(pay(wallet, 20), credits=20, now=NOW)
    bens = Wallet(BEN)
    with pytest.raises(LawBroken, match="credits go back where they came from"):
        ledger.restore(bens, plan, evidence="e", at=NOW)
    assert (bens.balance, bens.lines) == (0, [])


def test_a_lot_is_not_reborn_from_a_usage_that_nobody_could_name():
    wallet = Wallet(ADA)
    lot(wallet, "gone", 10, days=-1)
    payment = pay(wallet, 10, at=days_before(2))
    with pytest.raises(LawBroken, match="a lot is reborn from a usage that has its id"):
        restore(wallet, payment, 10)
