"""Shares: what each item is worth when bought, and what its publisher keeps after a refund."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refunds.enums import Basis
from refunds.shares import Stake, kept_shares
from storefront.shares import allocate

CREDITS = st.integers(0, 2**53 - 1) | st.integers(0, 50)
PUBLISHERS_BEAR_IT = [basis for basis in Basis if basis is not Basis.GOODWILL]


@pytest.mark.parametrize(
    ("total", "weights", "parts"),
    [
        (60, [40, 30, 15], [28, 21, 11]),
        (100, [1, 1, 1], [34, 33, 33]),
        (2, [1, 1, 1], [1, 1, 0]),
        (1, [1, 1, 1], [1, 0, 0]),
        (10, [0, 0, 0], [4, 3, 3]),
        (10, [0, 7, 0], [0, 10, 0]),
        (0, [5, 5], [0, 0]),
        (7, [3], [7]),
        (0, [], []),
        (2**53 - 1, [1, 1], [2**52, 2**52 - 1]),
    ],
)
def test_what_is_left_over_goes_to_the_largest_fraction_then_to_the_first(total, weights, parts):
    assert allocate(total, weights) == parts


@given(CREDITS, st.lists(CREDITS, min_size=1, max_size=20))
def test_the_parts_always_add_up_and_nobody_is_a_whole_credit_away_from_their_due(total, weights):
    parts = allocate(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        if whole:
            assert abs(part * whole - total * weight) < whole
        assert part >= 0


@given(CREDITS, st.lists(CREDITS, min_size=2, max_size=20))
def test_whoever_weighs_more_never_gets_less(total, weights):
    parts = allocate(total, weights)
    by_weight = sorted(zip(weights, parts, strict=True))
    for (light, less), (heavy, more) in pairwise(by_weight):
        assert less <= more or light == heavy


def test_nothing_negative_is_divided_and_nothing_goes_to_nobody():
    with pytest.raises(ValueError, match="can be divided"):
        allocate(-1, [1])
    with pytest.raises(ValueError, match="can be divided"):
        allocate(1, [2, -1])
    with pytest.raises(ValueError, match="nobody to give 5"):
        allocate(5, [])


def forest(*stays):
    """Oak, fern and bark at 40, 30 and 15, sold together for 60."""
    prices = [40, 30, 15]
    return [Stake(*each) for each in zip(allocate(60, prices), prices, stays, strict=True)]


@pytest.mark.parametrize("basis", PUBLISHERS_BEAR_IT)
def test_after_a_full_refund_the_publishers_keep_nothing(basis):
    assert kept_shares(forest(False, False, False), credits_back=60, basis=basis, full=True) == [0, 0, 0]


def test_a_full_refund_of_less_than_was_spent_leaves_the_publishers_nothing_either():
    stakes = forest(False, False, False)
    assert kept_shares(stakes, credits_back=50, basis="publisher_authorised", full=True) == [0, 0, 0]


@pytest.mark.parametrize("basis", PUBLISHERS_BEAR_IT)
def test_after_a_partial_refund_the_item_that_stays_keeps_what_did_not_come_back(basis):
    assert kept_shares(forest(False, False, True), credits_back=45, basis=basis, full=False) == [0, 0, 15]


def test_several_items_that_stay_divide_it_by_original_price():
    assert kept_shares(forest(True, False, True), credits_back=5, basis="policy", full=False) == [40, 0, 15]
    assert kept_shares(forest(False, True, True), credits_back=40, basis="policy", full=False) == [0, 13, 7]


def test_at_the_floor_the_items_that_stay_keep_all_that_was_spent():
    stakes = [
        Stake(share, price, stays) for share, price, stays in [(28, 80, True), (32, 90, True), (0, 0, False)]
    ]
    assert kept_shares(stakes, credits_back=0, basis="policy", full=False) == [28, 32, 0]


def test_where_no_item_stays_all_of_them_divide_it():
    assert kept_shares(
        forest(False, False, False), credits_back=20, basis="publisher_authorised", full=False
    ) == [19, 14, 7]


def test_items_without_a_price_divide_it_equally():
    stakes = [Stake(4, 0, True), Stake(3, 0, False), Stake(3, 0, True)]
    assert kept_shares(stakes, credits_back=5, basis="policy", full=False) == [3, 0, 2]


def test_goodwill_costs_the_publishers_nothing():
    for full in (True, False):
        assert kept_shares(forest(False, False, False), credits_back=60, basis="goodwill", full=full) == [
            28,
            21,
            11,
        ]


def test_more_than_was_spent_cannot_go_back_and_a_basis_has_a_name():
    with pytest.raises(ValueError, match="61 credits cannot go back out of 60"):
        kept_shares(forest(False, False, False), credits_back=61, basis="policy", full=True)
    with pytest.raises(ValueError, match="whim"):
        kept_shares(forest(False, False, False), credits_back=60, basis="whim", full=True)


@given(st.lists(st.tuples(CREDITS, CREDITS, st.booleans()), min_size=1, max_size=12), st.data())
def test_what_publishers_keep_and_what_goes_back_is_what_was_spent(items, data):
    stakes = [Stake(*item) for item in items]
    spent = sum(stake.share for stake in stakes)
    back = data.draw(st.integers(0, spent))
    basis = data.draw(st.sampled_from(PUBLISHERS_BEAR_IT))
    kept = kept_shares(stakes, credits_back=back, basis=basis, full=False)
    assert sum(kept) == spent - back
    if any(stake.stays for stake in stakes):
        assert all(part == 0 for part, stake in zip(kept, stakes, strict=True) if not stake.stays)
