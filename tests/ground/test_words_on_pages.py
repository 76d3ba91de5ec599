from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from ground.templatetags import charts
from ground.templatetags.recredit import day, figure, in_credits, moment, signed, words_left

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (70, "70 credits"),
        (1, "1 credit"),
        (0, "0 credits"),
        (1470, "1,470 credits"),
        (-30, f"{MINUS}30 credits"),
    ],
)
def test_credits_are_whole_and_named(number: int, words: str) -> None:
    assert in_credits(number) == words


@pytest.mark.parametrize(
    ("number", "plain", "moved"),
    [(1470, "1,470", "+1,470"), (0, "0", "0"), (-30, f"{MINUS}30", f"{MINUS}30")],
)
def test_figures_stand_in_columns_and_movements_carry_their_sign(number: int, plain: str, moved: str) -> None:
    assert (figure(number), signed(number)) == (plain, moved)


def test_what_is_not_known_is_left_blank() -> None:
    assert [figure(None), signed(None), in_credits(None), moment(None), day(None), words_left(None, NOW)] == [
        ""
    ] * 6


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "Thu 3 Dec 2026, 10:30 CET"),
        ("UTC", "Thu 3 Dec 2026, 09:30 UTC"),
        ("America/Sao_Paulo", "Thu 3 Dec 2026, 06:30 UTC-03"),
        ("Pacific/Kiritimati", "Thu 3 Dec 2026, 23:30 UTC+14"),
    ],
)
def test_a_moment_is_told_in_the_readers_zone_and_names_it(zone: str, words: str) -> None:
    with timezone.override(ZoneInfo(zone)):
        assert moment(datetime(2026, 12, 3, 9, 30, tzinfo=UTC)) == words


def test_a_day_is_the_readers_day() -> None:
    late = datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert day(late) == "Thu 3 Dec 2026"
    assert day(date(2026, 12, 2)) == "Wed 2 Dec 2026"


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=12, hours=23), "12 more days"),
        (timedelta(days=1), "1 more day"),
        (timedelta(hours=23, minutes=59), "23 more hours"),
        (timedelta(minutes=1), "1 more minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(0), "less than a minute"),
        (timedelta(microseconds=-1), "no time left"),
    ],
)
def test_what_is_left_is_rounded_down_so_that_nobody_is_promised_more(left: timedelta, words: str) -> None:
    assert words_left(NOW + left, NOW) == words


def test_a_deadline_says_words_then_date_then_a_bar() -> None:
    page = _drawn(
        "{% deadline until since now 'Refundable until' %}",
        until=NOW + timedelta(days=12),
        since=NOW - timedelta(days=18),
    )
    assert page.index("12 more days") < page.index("Refundable until") < page.index('value="40"')
    assert "deadline--soon" not in page


def test_a_deadline_of_the_last_three_days_turns_amber_and_one_that_is_over_has_no_bar() -> None:
    soon = _drawn(
        "{% deadline until since now %}", until=NOW + timedelta(days=2), since=NOW - timedelta(days=28)
    )
    over = _drawn(
        "{% deadline until since now %}", until=NOW - timedelta(days=2), since=NOW - timedelta(days=32)
    )
    assert "deadline--soon" in soon
    assert "no time left" in over
    assert "<progress" not in over


def test_an_icon_is_silent_unless_it_has_a_label() -> None:
    assert 'aria-hidden="true"' in _drawn("{% icon 'copy' %}")
    assert 'role="img" aria-label="Copy &lt;it&gt;"' in _drawn("{% icon 'copy' label %}", label="Copy <it>")


def test_bars_stand_on_zero_and_are_as_high_as_their_amount() -> None:
    wide, narrow = charts.bar_chart("Sales", [("Oct", 100), ("Nov", 50), ("Dec", 0)])["pictures"]
    high = [float(bar["height"]) for bar in wide["bars"]]
    assert high == [168.0, 84.0, 0.0]
    assert [bar["value"] for bar in wide["bars"]] == ["100", "50", "0"]
    assert narrow["width"] < wide["width"]


def test_a_line_is_a_step_at_each_change_and_ends_in_its_last_value() -> None:
    points = [(NOW, 0), (NOW + timedelta(days=1), 100), (NOW + timedelta(days=4), 40)]
    picture = charts.line_chart("Balance", points)["pictures"][0]
    assert picture["line"] == "M48.0 192.0H192.0V24.0H624.0V124.8"
    assert (picture["value"], picture["first"], picture["last"]) == ("40", "21 Nov", "25 Nov")


def test_an_axis_over_the_turn_of_a_year_names_the_years_at_its_ends() -> None:
    picture = charts.line_chart("Balance", [(NOW - timedelta(days=400), 0), (NOW, 40)])["pictures"][0]
    assert (picture["first"], picture["last"]) == ("17 Oct 2025", "21 Nov 2026")


def test_behind_each_chart_stands_a_table_with_the_same_figures() -> None:
    page = _drawn(
        "{% load charts %}{% bar_chart 'By month' rows what='Sold,Refunded' %}", rows=[("Nov", (1470, 30))]
    )
    assert page.count("<table") == 1
    assert '<th scope="row">Nov</th><td class="num">1,470</td><td class="num">30</td>' in page


def test_a_chart_of_nothing_says_so() -> None:
    page = _drawn("{% load charts %}{% line_chart 'Balance' points %}", points=[])
    assert "No figures yet" in page
    assert "<svg" not in page


def _drawn(text: str, **facts: object) -> str:
    return Template("{% load recredit %}" + text).render(Context({"now": NOW, **facts}))
