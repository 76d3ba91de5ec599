"""The policy by tables: how much it gives back, and what counts as downloaded."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from refunds.policy import (
    Deduction,
    Fate,
    Item,
)
from tests.refunds.facts import (
    FETCHED,
    NOW,
    STANDARD,
    ask,
    asset,
    bundle,
    codes,
)

# What the policy page shows


def test_an_asset_that_was_not_downloaded_gives_all_credits_back():
    decision = ask(asset())
    assert decision.eligible
    assert decision.credits == 40
    assert decision.credits_spent == 40
    assert decision.reasons == ()
    assert decision.deductions == ()
    assert decision.restores == ()
    assert decision.full
    assert [item.after_refund for item in decision.items] == [Fate.REVOKED]
    assert decision.refundable_until == datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    assert decision.decided_at == NOW
    assert decision.terms == STANDARD


def test_an_asset_that_was_downloaded_gives_nothing_back():
    decision = ask(asset(downloads=[FETCHED]))
    assert not decision.eligible
    assert decision.credits == 0
    assert [reason.code for reason in decision.reasons] == ["asset_downloaded"]
    assert decision.deductions == ()
    assert [item.after_refund for item in decision.items] == [None]


def test_a_bundle_of_ten_with_three_downloaded_deducts_their_original_prices():
    decision = ask(bundle([10, 15, 5, *[20] * 7], downloaded=3, spent=100))
    assert decision.eligible
    assert decision.credits == 70
    assert decision.deductions == (Deduction("a0", 10), Deduction("a1", 15), Deduction("a2", 5))
    assert [item.after_refund for item in decision.items] == [Fate.KEPT] * 3 + [Fate.REVOKED] * 7
    assert not decision.full


def test_a_bundle_of_ten_with_six_downloaded_is_over_the_limit():
    decision = ask(bundle([10] * 10, downloaded=6))
    assert not decision.eligible
    assert decision.credits == 0
    assert decision.deductions == ()
    assert [reason.code for reason in decision.reasons] == ["bundle_over_limit"]


# The 50 % rule and the amount, for every bundle there can be


def expected(prices, downloaded, spent):
    """The seed's rule once more, in fractions and in no hurry."""
    used = Fraction(downloaded, len(prices))
    if used > Fraction(1, 2):
        return None
    remainder = spent
    for price in prices[:downloaded]:
        remainder -= price
    return max(0, remainder)


@pytest.mark.parametrize(
    "size", [*range(1, 31), *(pytest.param(size, marks=pytest.mark.slow) for size in range(31, 201))]
)
def test_every_number_downloaded_of_a_bundle_is_judged_as_the_table_says(size):
    prices = [(7 * place) % 31 for place in range(size)]
    spent = sum(prices) * 2 // 3
    used = bundle(prices, downloaded=size).items
    unused = bundle(prices).items
    for downloaded in range(size + 1):
        items = used[:downloaded] + unused[downloaded:]
        decision = ask(bundle([], items=items, spent=spent))
        should_be = expected(prices, downloaded, spent)
        if should_be is None:
            assert [reason.code for reason in decision.reasons] == ["bundle_over_limit"]
            assert decision.credits == 0
        else:
            assert decision.eligible
            assert decision.credits == should_be
            assert [each.credits for each in decision.deductions] == prices[:downloaded]


@pytest.mark.parametrize(
    ("size", "inside", "outside"),
    [(1, 0, 1), (2, 1, 2), (3, 1, 2), (9, 4, 5), (10, 5, 6), (11, 5, 6), (200, 100, 101)],
)
def test_exactly_half_of_a_bundle_is_inside_and_one_item_more_is_not(size, inside, outside):
    assert codes(bundle([1] * size, downloaded=inside)) == []
    assert codes(bundle([1] * size, downloaded=outside)) == ["bundle_over_limit"]


@pytest.mark.parametrize(
    ("percent", "size", "most"),
    [(0, 10, 0), (33, 3, 0), (34, 3, 1), (99, 100, 99), (99, 10, 9), (100, 10, 10)],
)
def test_other_terms_turn_at_their_own_percentage(percent, size, most):
    terms = replace(STANDARD, bundle_percent=percent)
    assert codes(bundle([1] * size, downloaded=most), terms=terms) == []
    if most < size:
        assert codes(bundle([1] * size, downloaded=most + 1), terms=terms) == ["bundle_over_limit"]


def test_downloaded_items_that_cost_more_than_was_spent_leave_zero_and_stay_eligible():
    decision = ask(bundle([80, 90, 10, 10], downloaded=2, spent=60))
    assert decision.eligible
    assert decision.credits == 0
    assert decision.deductions == (Deduction("a0", 80), Deduction("a1", 90))
    assert [item.after_refund for item in decision.items] == [
        Fate.KEPT,
        Fate.KEPT,
        Fate.REVOKED,
        Fate.REVOKED,
    ]


def test_a_free_item_is_deducted_with_zero_and_makes_the_refund_partial():
    decision = ask(bundle([0, 50], downloaded=1, spent=50))
    assert decision.credits == 50
    assert decision.deductions == (Deduction("a0", 0),)
    assert not decision.full


def test_a_purchase_that_cost_nothing_is_eligible_for_nothing():
    assert ask(asset(price=0)).eligible
    assert ask(bundle([0, 0], spent=0)).credits == 0


def test_a_single_asset_has_no_percentage():
    generous = replace(STANDARD, bundle_percent=100)
    assert codes(asset(downloads=[FETCHED]), terms=generous) == ["asset_downloaded"]


# What counts as downloaded


def test_ten_files_of_one_item_are_one_item():
    items = (Item("oak", "Oak trees", 30, (FETCHED,) * 10), Item("fern", "Ferns", 30))
    decision = ask(bundle([], items=items, spent=50))
    assert decision.credits == 20
    assert decision.deductions == (Deduction("oak", 30),)


def test_a_struck_download_stays_visible_and_does_not_count():
    struck = replace(FETCHED, struck=True)
    decision = ask(asset(downloads=[struck]))
    assert decision.eligible
    assert decision.credits == 40
    assert decision.items[0].downloads == (struck,)
    assert not decision.items[0].downloaded


def test_one_download_that_was_not_struck_is_enough():
    decision = ask(asset(downloads=[replace(FETCHED, struck=True), FETCHED]))
    assert [reason.code for reason in decision.reasons] == ["asset_downloaded"]
    assert len(decision.reasons[0].evidence["downloads"]) == 1
