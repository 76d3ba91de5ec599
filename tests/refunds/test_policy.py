"""The policy by tables: what it says, in which order, and exactly where it turns."""

import ast
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ground import instants, laws
from refunds import enums, policy, question
from refunds.policy import (
    Cause,
    Deduction,
    Download,
    Facts,
    Fate,
    Item,
    Kind,
    PastRefund,
    ReasonCode,
    Status,
    Terms,
    decide,
)
from storefront import enums as shop_enums
from storefront import windows
from storefront.windows import refundable_until

STANDARD = Terms("2025-08", datetime(1970, 1, 1, tzinfo=UTC), window_days=30, bundle_percent=50)
BOUGHT = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
FETCHED = Download(datetime(2026, 11, 2, 10, 0, tzinfo=UTC))
MICROSECOND = timedelta(microseconds=1)

ADA, BEN = 1, 2


def asset(*, downloads=(), price=40, **changes):
    """Ada's purchase of one asset."""
    return Facts(
        **{
            "requester": ADA,
            "owner": ADA,
            "invoice": "IN010000000001",
            "kind": Kind.ASSET,
            "title": "Oak trees",
            "status": Status.COMPLETED,
            "completed_at": BOUGHT,
            "credits_spent": price,
            "items": (Item("oak", "Oak trees", price, tuple(downloads)),),
        }
        | changes
    )


def bundle(prices, *, downloaded=0, spent=100, **changes):
    """Ada's purchase of a bundle of which she downloaded the first items."""
    items = tuple(
        Item(f"a{place}", f"Asset {place}", price, (FETCHED,) if place < downloaded else ())
        for place, price in enumerate(prices)
    )
    whole = {"kind": Kind.BUNDLE, "title": "Forest", "items": items, "credits_spent": spent}
    return asset(**(whole | changes))


def ask(facts, *, now=NOW, terms=STANDARD):
    return decide(facts, terms=terms, now=now)


def codes(facts, **question):
    return [reason.code for reason in ask(facts, **question).reasons]


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


@pytest.mark.parametrize("size", range(1, 201))
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


# Questions that cannot be asked


def test_a_time_without_a_zone_is_refused():
    naive = datetime(2026, 11, 1, 9, 30)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="no time zone"):
        ask(asset(), now=naive)
    with pytest.raises(ValueError, match="no time zone"):
        asset(completed_at=naive)
    with pytest.raises(ValueError, match="no time zone"):
        Download(naive)
    with pytest.raises(ValueError, match="no time zone"):
        PastRefund("CN010000000007", naive, 40)


@pytest.mark.parametrize(
    "amount",
    [-1, 2**53, 2**63, 10**400, 1.0, float("nan"), float("inf"), "10", "1e3", "\uff17", True, False, None],
)
def test_an_amount_that_is_not_a_whole_number_of_credits_is_refused(amount):
    with pytest.raises(ValueError, match="whole number"):
        asset(credits_spent=amount)
    with pytest.raises(ValueError, match="whole number"):
        Item("oak", "Oak trees", amount)
    with pytest.raises(ValueError, match="whole number"):
        PastRefund("CN010000000007", NOW, amount)
    with pytest.raises(ValueError, match="whole number"):
        replace(STANDARD, window_days=amount)
    with pytest.raises(ValueError, match="whole number"):
        replace(STANDARD, bundle_percent=amount)


def test_the_largest_amount_there_is_comes_back_whole():
    most = 2**53 - 1
    assert ask(asset(price=most)).credits == most
    assert ask(bundle([most] * 4, downloaded=2, spent=most)).credits == 0


def test_more_than_a_hundred_percent_is_refused():
    with pytest.raises(ValueError, match="from 0 to 100"):
        replace(STANDARD, bundle_percent=101)


def test_a_purchase_has_items_and_each_of_them_once():
    oak, fern = Item("oak", "Oak trees", 30), Item("fern", "Ferns", 30)
    with pytest.raises(ValueError, match="at least one item"):
        bundle([])
    with pytest.raises(ValueError, match="exactly one"):
        asset(items=(oak, fern))
    with pytest.raises(ValueError, match="only one item"):
        bundle([], items=(oak, fern, oak))


def test_facts_and_answers_cannot_be_edited():
    with pytest.raises(FrozenInstanceError):
        asset().credits_spent = 1
    with pytest.raises(FrozenInstanceError):
        ask(asset()).credits = 1000


# What the policy may know of the world


@pytest.mark.parametrize("module", [policy, question, instants, laws, windows])
def test_the_policy_knows_no_framework_and_reads_no_clock(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {
        "__future__",
        "collections.abc",
        "dataclasses",
        "datetime",
        "enum",
        "ground.instants",
        "ground.laws",
        "refunds.question",
        "storefront.enums",
        "storefront.windows",
        "typing",
    }
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "utcnow", "today", "objects"}


@pytest.mark.parametrize("module", [enums, shop_enums])
def test_the_codes_that_the_policy_uses_know_no_model_and_no_query(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {("django.db.models", "TextChoices"), ("django.utils.translation", "gettext_lazy")}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
