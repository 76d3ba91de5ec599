"""The window and the status: exactly where the policy turns, and with which reasons in which order."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from refunds.policy import (
    Cause,
    Download,
    Item,
    PastRefund,
    ReasonCode,
    Status,
)
from storefront.windows import refundable_until
from tests.refunds.facts import BEN, BOUGHT, FETCHED, MICROSECOND, NOW, STANDARD, ask, asset, bundle, codes

# The window


@pytest.mark.parametrize(
    ("completed_at", "last_instant"),
    [
        pytest.param(BOUGHT, datetime(2026, 12, 1, 9, 30, tzinfo=UTC), id="an ordinary month"),
        pytest.param(
            datetime(2026, 3, 20, 12, 0, tzinfo=ZoneInfo("Europe/Berlin")),
            datetime(2026, 4, 19, 11, 0, tzinfo=UTC),
            id="the clocks go forward: 13:00 on the wall",
        ),
        pytest.param(
            datetime(2026, 10, 10, 12, 0, tzinfo=ZoneInfo("Europe/Berlin")),
            datetime(2026, 11, 9, 10, 0, tzinfo=UTC),
            id="the clocks go back: 11:00 on the wall",
        ),
        pytest.param(
            datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Berlin")),
            datetime(2026, 11, 24, 1, 30, tzinfo=UTC),
            id="bought in the hour that comes twice",
        ),
        pytest.param(
            datetime(2028, 2, 10, 0, 0, tzinfo=UTC), datetime(2028, 3, 11, 0, 0, tzinfo=UTC), id="leap year"
        ),
        pytest.param(
            datetime(2028, 2, 29, 23, 59, 59, 999999, tzinfo=UTC),
            datetime(2028, 3, 30, 23, 59, 59, 999999, tzinfo=UTC),
            id="leap day",
        ),
        pytest.param(
            datetime(2027, 2, 10, 0, 0, tzinfo=UTC), datetime(2027, 3, 12, 0, 0, tzinfo=UTC), id="common year"
        ),
        pytest.param(
            datetime(2026, 12, 31, 23, 59, 59, 1, tzinfo=UTC),
            datetime(2027, 1, 30, 23, 59, 59, 1, tzinfo=UTC),
            id="year end",
        ),
    ],
)
def test_the_last_instant_is_inside_and_the_next_microsecond_is_not(completed_at, last_instant):
    facts = asset(completed_at=completed_at)
    assert codes(facts, now=last_instant - MICROSECOND) == []
    assert codes(facts, now=last_instant) == []
    assert codes(facts, now=last_instant + MICROSECOND) == ["window_closed"]
    assert ask(facts, now=last_instant).refundable_until == last_instant


def test_a_deadline_is_counted_in_utc_whatever_the_clocks_on_the_wall_do():
    bought = datetime(2026, 10, 10, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    until = refundable_until(status=Status.COMPLETED, completed_at=bought, window_days=STANDARD.window_days)
    assert until.isoformat() == "2026-11-09T10:00:00+00:00"
    assert refundable_until(status=Status.COMPLETED, completed_at=None, window_days=30) is None
    assert refundable_until(status=Status.CANCELLED, completed_at=bought, window_days=30) is None


def test_the_zone_in_which_the_question_is_asked_changes_nothing():
    last_instant = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
    for zone in ("Pacific/Kiritimati", "America/St_Johns", "Asia/Kolkata"):
        assert codes(asset(), now=last_instant.astimezone(ZoneInfo(zone))) == []
        assert codes(asset(), now=(last_instant + MICROSECOND).astimezone(ZoneInfo(zone))) == [
            "window_closed"
        ]


def test_a_window_of_no_days_is_the_instant_of_the_purchase():
    strict = replace(STANDARD, window_days=0)
    assert codes(asset(), now=BOUGHT, terms=strict) == []
    assert codes(asset(), now=BOUGHT + MICROSECOND, terms=strict) == ["window_closed"]


def test_a_window_longer_than_the_calendar_never_closes():
    forever = replace(STANDARD, window_days=10**9)
    decision = ask(asset(), now=datetime(9999, 1, 1, tzinfo=UTC), terms=forever)
    assert decision.eligible
    assert decision.refundable_until == datetime.max.replace(tzinfo=UTC)


def test_the_window_closed_by_seconds_is_told_with_both_instants():
    (reason,) = ask(asset(), now=datetime(2026, 12, 1, 9, 30, 1, tzinfo=UTC)).reasons
    assert reason.evidence == {
        "completed_at": "2026-11-01T09:30:00Z",
        "refundable_until": "2026-12-01T09:30:00Z",
        "window_days": 30,
    }


# The status


@pytest.mark.parametrize(
    ("status", "completed_at", "reasons"),
    [
        (Status.PENDING, None, ["not_completed"]),
        (Status.CANCELLED, None, ["not_completed"]),
        (Status.CHARGED_BACK, BOUGHT, ["not_completed"]),
        (Status.COMPLETED, NOW, []),
        (Status.COMPLETED, NOW + MICROSECOND, ["not_completed"]),
        (Status.COMPLETED, None, ["not_completed"]),
        (Status.REFUNDED, BOUGHT, ["already_refunded"]),
        (Status.REFUNDED, NOW + MICROSECOND, ["already_refunded"]),
    ],
)
def test_each_status_has_its_reason(status, completed_at, reasons):
    assert codes(asset(status=status, completed_at=completed_at)) == reasons


@pytest.mark.parametrize("status", [Status.PENDING, Status.CANCELLED])
def test_a_date_on_a_purchase_that_never_completed_opens_no_window(status):
    decision = ask(asset(status=status), now=datetime(2999, 1, 1, tzinfo=UTC))
    assert [reason.code for reason in decision.reasons] == ["not_completed"]
    assert decision.refundable_until is None


@pytest.mark.parametrize("status", [Status.PENDING, Status.CANCELLED])
def test_the_window_is_not_asked_of_a_purchase_that_never_completed(status):
    decision = ask(asset(status=status, completed_at=None), now=datetime(2999, 1, 1, tzinfo=UTC))
    assert [reason.code for reason in decision.reasons] == ["not_completed"]
    assert decision.refundable_until is None
    assert decision.reasons[0].evidence == {"status": status, "completed_at": None}


def test_a_purchase_of_tomorrow_is_not_completed_today():
    (reason,) = ask(asset(completed_at=datetime(2026, 11, 22, 8, 0, tzinfo=UTC))).reasons
    assert reason.code == "not_completed"
    assert reason.evidence == {"status": "completed", "completed_at": "2026-11-22T08:00:00Z"}


def test_a_refunded_purchase_names_its_credit_note():
    past = PastRefund("CN010000000007", datetime(2026, 11, 5, 8, 0, tzinfo=UTC), 40)
    (reason,) = ask(asset(status=Status.REFUNDED, refund=past)).reasons
    assert reason.code == "already_refunded"
    assert reason.evidence == {
        "credit_note": "CN010000000007",
        "refunded_at": "2026-11-05T08:00:00Z",
        "credits": 40,
    }


def test_a_purchase_refunded_and_then_charged_back_says_both():
    past = PastRefund("CN010000000007", datetime(2026, 11, 5, 8, 0, tzinfo=UTC), 40)
    assert codes(asset(status=Status.CHARGED_BACK, refund=past)) == ["already_refunded", "not_completed"]


# Every reason, in order


def test_all_reasons_are_given_in_the_order_of_the_rulebook():
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    past = PastRefund("CN010000000007", long_ago, 40)
    everything = {
        "completed_at": long_ago,
        "status": Status.CHARGED_BACK,
        "refund": past,
        "download_log": False,
    }
    assert codes(asset(downloads=[FETCHED], **everything)) == [
        "already_refunded",
        "not_completed",
        "window_closed",
        "asset_downloaded",
        "evidence_missing",
    ]
    assert codes(bundle([1, 1, 1], downloaded=2, **everything)) == [
        "already_refunded",
        "not_completed",
        "window_closed",
        "bundle_over_limit",
        "evidence_missing",
    ]
    assert [code.value for code in ReasonCode] == [
        "not_yours",
        "already_refunded",
        "not_completed",
        "window_closed",
        "asset_downloaded",
        "bundle_over_limit",
        "evidence_missing",
    ]


def test_a_lost_download_log_is_a_reason_of_its_own():
    decision = ask(asset(download_log=False))
    assert [reason.code for reason in decision.reasons] == ["evidence_missing"]
    assert decision.credits == 0


@pytest.mark.parametrize("requester", [BEN, None])
def test_a_stranger_hears_one_reason_and_sees_nothing(requester):
    facts = asset(requester=requester, downloads=[FETCHED], status=Status.REFUNDED, download_log=False)
    decision = ask(facts, now=datetime(2030, 1, 1, tzinfo=UTC))
    assert [reason.code for reason in decision.reasons] == ["not_yours"]
    assert decision.reasons[0].evidence == {}
    assert not decision.eligible
    assert (decision.credits, decision.credits_spent) == (0, 0)
    assert decision.items == decision.deductions == decision.restores == ()
    assert decision.refundable_until is None


# The evidence


def test_a_download_that_came_along_names_the_asset_that_required_it():
    along = Download(
        datetime(2026, 11, 2, 10, 0, 0, 250000, tzinfo=UTC), Cause.DEPENDENCY, "oak", via_title="Oak trees"
    )
    facts = asset(items=(Item("bark", "Bark", 15, (along,)),))
    assert ask(facts).reasons[0].evidence == {
        "downloads": [
            {
                "asset": "bark",
                "title": "Bark",
                "at": "2026-11-02T10:00:00.250000Z",
                "cause": "dependency",
                "via": "oak",
                "via_title": "Oak trees",
            }
        ]
    }


def test_a_bundle_over_the_limit_shows_the_count_and_what_made_each_item_count():
    later = Download(datetime(2026, 11, 3, 10, 0, tzinfo=UTC))
    items = (
        Item("oak", "Oak trees", 30, (FETCHED, later)),
        Item("fern", "Ferns", 30, (replace(FETCHED, struck=True), later)),
        Item("moss", "Moss", 30),
    )
    evidence = ask(bundle([], items=items)).reasons[0].evidence
    assert {key: evidence[key] for key in ("downloaded", "items", "limit", "bundle_percent")} == {
        "downloaded": 2,
        "items": 3,
        "limit": 1,
        "bundle_percent": 50,
    }
    assert [(each["asset"], each["at"]) for each in evidence["downloads"]] == [
        ("oak", "2026-11-02T10:00:00Z"),
        ("fern", "2026-11-03T10:00:00Z"),
    ]
