"""Sales by asset and month, as a page and as CSV."""

import csv
import io

import pytest

from tests.portal.pages import NOW, browser, buy, text
from tests.refunds.test_verification import refund
from tests.world import asset

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/portal/sales/"


def lines_of(answer):
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_what_was_sold_went_back_and_is_kept(ada, gil, oak, forest):
    purchase = buy(ada, forest, downloaded=[oak])
    refund(ada, purchase, 40, now=NOW)
    said = text(browser(gil).get(PAGE))
    assert "4 sold for 80 credits, 3 refunded: you keep 40 credits ." in said
    assert "Oak trees 1 31 0 +9 40 0 %" in said
    assert "Ferns 1 23 −1 −23 0 100 % 1 × Refunded under the refund policy you" in said


def test_the_csv_has_a_line_per_item_and_no_formula(ada, gil, grove):
    odd = asset("odd", "=1+1", by=grove, price=5)
    purchase = buy(ada, odd)
    refund(ada, purchase, 5, now=NOW)
    answer = browser(gil).get("/portal/sales/items.csv", {"since": f"{NOW:%Y-%m}", "until": f"{NOW:%Y-%m}"})
    assert answer["Content-Disposition"] == f'attachment; filename="sales-grove-{NOW:%Y-%m}-{NOW:%Y-%m}.csv"'
    head, sale, back = lines_of(answer)
    at = f"{NOW:%Y-%m-%d %H:%M:%S}"
    assert head == [
        "At (UTC)",
        "Kind",
        "Invoice",
        "Asset",
        "Package",
        "Units",
        "Credits",
        "Reason",
        "Borne by",
    ]
    assert sale == [at, "sale", purchase.number, "odd", "'=1+1", "1", "5", "", ""]
    assert back == [
        at,
        "refund",
        purchase.number,
        "odd",
        "'=1+1",
        "-1",
        "-5",
        "Refunded under the refund policy",
        "you",
    ]


def test_another_publisher_sees_none_of_it(ada, quinn, moss):
    buy(ada, moss)
    assert "Nothing was sold in these months" in text(browser(quinn).get(PAGE))
    assert len(lines_of(browser(quinn).get("/portal/sales/items.csv"))) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "nonsense"},
        {"since": "2026-13", "until": "\0"},
        {"since": "9999-12", "until": "0001-01"},
        {"since": "0001-01", "until": "9999-12"},
        {"since": "2026-11' --"},
    ],
)
def test_odd_months_break_nothing(gil, asked):
    assert browser(gil).get(PAGE, asked).status_code in {200, 422}
    assert browser(gil).get("/portal/sales/items.csv", asked).status_code == 200


def test_a_month_before_is_chosen(ada, gil, moss, fern):
    buy(ada, moss, days_ago=70)
    buy(ada, fern)
    month = f"{NOW:%Y-%m}"
    said = text(browser(gil).get(PAGE, {"since": month, "until": month}))
    assert "Ferns" in said
    assert "Moss" not in said
