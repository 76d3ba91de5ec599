"""What a publisher sold, and what went back, month by month."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ground.receipts import Asking
from refunds.models import Basis
from refunds.sales import AssetMonth, by_asset_and_month, first_of_month, item_lines, month_after, total
from refunds.services import charge_back, request_refund
from tests.refunds.test_refunding import settle_past_the_policy
from tests.world import buy

pytestmark = pytest.mark.django_db(transaction=True)

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)
LATE_OCTOBER = datetime(2026, 10, 31, 23, 59, 59, 999999, tzinfo=UTC)
EARLY_NOVEMBER = LATE_OCTOBER + timedelta(microseconds=1)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def refund(customer, purchase, credits, *, at=NOW):
    asking = Asking(
        person=customer,
        key=purchase.number,
        what="",
        now=at,
        door="page",
        write=lambda outcome: (303, "/"),
    )
    return request_refund(asking=asking, purchase=purchase, expected_credits=credits).outcome


def months(publisher, *, since=date(2026, 1, 1), until=DECEMBER):
    lines = by_asset_and_month(publisher=publisher, since=since, until=until, now=NOW)
    return [
        (one.month, one.title, one.units, one.credits, one.refunded_units, one.refunded_credits, one.kept)
        for one in lines
    ]


def test_sales_stand_in_the_month_of_completion_up_to_the_last_microsecond(ada, grove, moss, fern):
    buy(ada, moss, now=LATE_OCTOBER)
    buy(ada, fern, now=EARLY_NOVEMBER)
    assert months(grove) == [(NOVEMBER, "Ferns", 1, 30, 0, 0, 30), (OCTOBER, "Moss", 1, 20, 0, 0, 20)]
    assert months(grove, until=NOVEMBER) == [(OCTOBER, "Moss", 1, 20, 0, 0, 20)]
    assert months(grove, since=NOVEMBER) == [(NOVEMBER, "Ferns", 1, 30, 0, 0, 30)]


def test_a_refund_is_a_negative_line_of_its_own_month_and_leaves_the_closed_one_alone(ada, grove, moss):
    purchase = buy(ada, moss, now=LATE_OCTOBER)
    before = months(grove)
    refund(ada, purchase, 20)
    assert months(grove) == [(NOVEMBER, "Moss", 0, 0, 1, -20, -20), *before]
    one = by_asset_and_month(publisher=grove, since=NOVEMBER, until=DECEMBER, now=NOW)[0]
    assert (one.reasons, one.borne_by, one.rate) == (
        {"Refunded under the refund policy": 1},
        {"you": 1},
        None,
    )


def test_a_partial_refund_takes_the_shares_and_the_kept_item_gets_what_stays(ada, grove, oak, forest):
    """80 were spent on oak 31, ferns 23, moss 15, bark 11; 40 go back for the 40 of the downloaded oak."""
    purchase = buy(ada, forest, now=EARLY_NOVEMBER, downloaded=[oak])
    refund(ada, purchase, 40)
    assert months(grove) == [
        (NOVEMBER, "Bark", 1, 11, 1, -11, 0),
        (NOVEMBER, "Ferns", 1, 23, 1, -23, 0),
        (NOVEMBER, "Moss", 1, 15, 1, -15, 0),
        (NOVEMBER, "Oak trees", 1, 31, 0, 9, 40),
    ]
    lines = by_asset_and_month(publisher=grove, since=NOVEMBER, until=DECEMBER, now=NOW)
    whole = total(lines, NOVEMBER)
    assert (whole.units, whole.credits, whole.refunded_units, whole.kept, whole.rate) == (4, 80, 3, 40, 75)


def test_goodwill_is_borne_by_the_store(ada, sam, grove, moss):
    purchase = buy(ada, moss, now=EARLY_NOVEMBER, downloaded=[moss])
    settle_past_the_policy(purchase, credits=20, basis=Basis.GOODWILL, by=sam, door="desk")
    one = by_asset_and_month(publisher=grove, since=NOVEMBER, until=DECEMBER, now=NOW)[0]
    assert (one.refunded_units, one.refunded_credits, one.kept) == (1, 0, 20)
    assert (one.reasons, one.borne_by) == ({"Refunded by the store": 1}, {"the store": 1})


def test_a_charge_back_moves_no_credits_and_counts_a_unit_once(ada, lea, grove, moss, fern):
    first, second = buy(ada, moss, now=EARLY_NOVEMBER), buy(ada, fern, now=LATE_OCTOBER)
    refund(ada, first, 20, at=NOW - timedelta(days=1))
    before = months(grove)
    for purchase in (first, second):
        charge_back(purchase=purchase, by=lea, why="The bank said so.", now=NOW)
    assert months(grove) == [
        (NOVEMBER, "Ferns", 0, 0, 1, 0, 0),
        *before,
    ]
    lines = by_asset_and_month(publisher=grove, since=NOVEMBER, until=DECEMBER, now=NOW)
    assert (lines[0].reasons, lines[0].borne_by) == ({"Charged back": 1}, {"the store": 1})


def test_each_publisher_sees_its_own_items_of_a_mixed_bundle(ada, grove, quarry, cliff):
    buy(ada, cliff, now=EARLY_NOVEMBER)
    assert months(grove) == [(NOVEMBER, "Moss", 1, 16, 0, 0, 16)]
    assert months(quarry) == [(NOVEMBER, "Slate", 1, 20, 0, 0, 20)]


def test_item_lines_come_in_the_order_of_time_with_signed_figures(ada, lea, grove, moss, fern):
    first, second = buy(ada, moss, now=LATE_OCTOBER), buy(ada, fern, now=EARLY_NOVEMBER)
    refund(ada, first, 20, at=NOW - timedelta(days=1))
    charge_back(purchase=second, by=lea, why="The bank said so.", now=NOW)
    lines = item_lines(publisher=grove, since=OCTOBER, until=DECEMBER, now=NOW)
    assert [(one.kind, one.invoice, one.slug, one.units, one.credits, one.borne_by) for one in lines] == [
        ("sale", first.number, "moss", 1, 20, ""),
        ("sale", second.number, "fern", 1, 30, ""),
        ("refund", first.number, "moss", -1, -20, "you"),
        ("charge-back", second.number, "fern", -1, 0, "the store"),
    ]


def test_lines_add_up_to_the_months(ada, grove, oak, fern, moss, forest, cliff):
    refund(ada, buy(ada, forest, now=EARLY_NOVEMBER, downloaded=[oak]), 40)
    buy(ada, cliff, now=LATE_OCTOBER)
    refund(ada, buy(ada, fern, now=EARLY_NOVEMBER, again=True), 30)
    lines = list(item_lines(publisher=grove, since=OCTOBER, until=DECEMBER, now=NOW))
    kept = sum(one[-1] for one in months(grove))
    assert sum(one.credits for one in lines) == kept == 40 + 16


def test_the_statements_do_not_grow_with_what_was_sold(ada, grove, moss):
    counts = []
    for _ in range(2):
        refund(ada, buy(ada, moss, now=EARLY_NOVEMBER, again=True), 20)
        with CaptureQueriesContext(connection) as statements:
            months(grove)
        counts.append(len(statements))
    assert counts == [3, 3]


@pytest.mark.parametrize(
    ("month", "by", "then"),
    [
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 1), -1, date(2025, 12, 1)),
        (date(2026, 11, 1), -11, date(2025, 12, 1)),
        (date(2026, 11, 1), 0, date(2026, 11, 1)),
    ],
)
def test_months_are_counted_over_the_turn_of_years(month, by, then):
    assert month_after(month, by) == then


def test_the_month_of_an_instant_is_that_of_utc():
    east = datetime.fromisoformat("2026-11-01T00:30:00+02:00")
    assert first_of_month(east) == OCTOBER


@pytest.mark.parametrize(
    ("units", "back", "rate"), [(3, 1, 33), (3, 2, 67), (200, 1, 1), (1, 1, 100), (0, 2, None)]
)
def test_the_refund_rate_is_a_rounded_percentage(units, back, rate):
    assert AssetMonth(NOVEMBER, "", "", units=units, refunded_units=back).rate == rate
