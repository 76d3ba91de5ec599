"""What other terms would have decided: exact figures for a small world."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from refunds.backtest import Line, Tally, backtest
from storefront.models import Purchase
from tests import world

pytestmark = pytest.mark.django_db


def asked(purchase, *, after_days, downloaded=0, deducted=0):
    """Somebody asked that many days after the purchase, with that much downloaded."""
    Purchase.objects.filter(pk=purchase.pk).update(
        asked_at=purchase.completed_at + timedelta(days=after_days),
        asked_count=downloaded,
        asked_price=deducted,
    )
    return purchase


@pytest.fixture
def asked_about(ada, ben, forest, cliff, oak, fern):
    """Six purchases asked about, in October and November; a seventh nobody asked about."""
    october = datetime(2026, 10, 10, 12, 0, tzinfo=UTC)
    november = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
    asked(world.buy(ada, forest, now=october), after_days=10, downloaded=2, deducted=45)
    asked(world.buy(ada, forest, now=october, again=True), after_days=12, downloaded=3, deducted=65)
    asked(world.buy(ben, oak, now=october), after_days=20)
    asked(world.buy(ben, fern, now=october), after_days=35)
    asked(world.buy(ada, cliff, now=november), after_days=15, downloaded=1, deducted=20)
    asked(world.buy(ben, cliff, now=november), after_days=1)
    world.buy(ben, forest, now=november)


def test_shorter_and_stricter_terms_take_refunds_away(asked_about):
    found = backtest(window_days=14, bundle_percent=25)
    assert found.total == Tally(
        asked=6,
        refunds=4,
        credits=35 + 40 + 16 + 36,
        would_refunds=1,
        would_credits=36,
        yes_to_no=3,
        credits_yes_to_no=35 + 40 + 16,
    )
    assert found.lines == (
        Line("grove", "2026-10", Tally(3, 2, 75, 0, 0, 2, 75, 0, 0)),
        Line("grove", "2026-11", Tally(1)),
        Line("quarry", "2026-11", Tally(2, 2, 52, 1, 36, 1, 16, 0, 0)),
    )


def test_longer_and_kinder_terms_give_more(asked_about):
    total = backtest(window_days=40, bundle_percent=75).total
    assert (total.refunds, total.would_refunds) == (4, 6)
    assert (total.yes_to_no, total.no_to_yes) == (0, 2)
    assert total.credits_no_to_yes == 15 + 30
    assert total.would_credits == total.credits + 45


def test_terms_that_are_in_force_change_nothing(asked_about):
    total = backtest(window_days=30, bundle_percent=50).total
    assert (total.yes_to_no, total.no_to_yes) == (0, 0)
    assert total.credits == total.would_credits == 127


def test_terms_can_flip_both_ways_at_once(asked_about):
    total = backtest(window_days=40, bundle_percent=0).total
    assert (total.yes_to_no, total.no_to_yes) == (2, 1)
    assert (total.credits_yes_to_no, total.credits_no_to_yes) == (35 + 16, 30)


def test_only_purchases_asked_about_in_the_time_are_counted(asked_about):
    asked_at = datetime(2026, 11, 14, 12, 0, tzinfo=UTC)
    until = backtest(window_days=14, bundle_percent=50, until=asked_at)
    since = backtest(window_days=14, bundle_percent=50, since=asked_at)
    assert (until.total.asked, since.total.asked) == (4, 2)
    assert [line.month for line in since.lines] == ["2026-11", "2026-11"]


def test_nobody_ever_asked(db):
    assert backtest(window_days=14, bundle_percent=50).total == Tally()


def test_it_is_one_statement_however_much_there_is(asked_about):
    with CaptureQueriesContext(
        connection,
    ) as statements:
        backtest(window_days=14, bundle_percent=25)
    assert len(statements) == 1


def run(*arguments):
    said = StringIO()
    call_command("backtest_terms", *arguments, stdout=said)
    return said.getvalue()


def test_the_command_tells_flips_credits_sellers_and_months(asked_about):
    said = run("--window-days=14", "--bundle-percent=25")
    assert said.splitlines()[:2] == [
        (
            "6 purchases asked about. By their own terms 4 give 127 credits back; with 14 days and 25 % "
            "1 would give 36."
        ),
        "From yes to no: 3 (91 credits). From no to yes: 0 (0 credits).",
    ]
    assert [line.split() for line in said.splitlines()[4:]] == [
        ["grove", "2026-10", "3", "2", "75", "0", "0"],
        ["quarry", "2026-11", "2", "1", "16", "0", "0"],
    ]


def test_the_command_answers_machines(asked_about):
    found = json.loads(
        run("--window-days=14", "--bundle-percent=25", "--since=2026-11-16", "--until=2026-11-16", "--json")
    )
    tally = {
        "asked": 1,
        "refunds": 1,
        "credits": 16,
        "would_refunds": 0,
        "would_credits": 0,
        "yes_to_no": 1,
        "credits_yes_to_no": 16,
        "no_to_yes": 0,
        "credits_no_to_yes": 0,
    }
    assert found == {
        "window_days": 14,
        "bundle_percent": 25,
        "since": "2026-11-16",
        "until": "2026-11-16",
        "total": tally,
        "lines": [{"seller": "quarry", "month": "2026-11"} | tally],
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ["--window-days=14"],
        ["--window-days=-1", "--bundle-percent=50"],
        ["--window-days=1e3", "--bundle-percent=50"],
        ["--window-days=36501", "--bundle-percent=50"],
        ["--window-days=14", "--bundle-percent=101"],
        ["--window-days=14", "--bundle-percent=50", "--since=yesterday"],
    ],
)
def test_numbers_that_are_no_terms_are_refused(arguments):
    with pytest.raises(CommandError):
        run(*arguments)
