"""The demo's own file: how it tells times and numbers of cases, and that it is right on any day."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE
from doors.storefile import demo
from doors.storefile.loading import Options, load
from tests.world import NOW


def test_times_are_told_as_seen_from_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "type": "case",
        "number": "C1",
        "opened_at": "2d 4h 30m ago",
        "deadline": "in 3d",
        "note": "seen 3d ago",
    }
    monkeypatch.setattr(demo, "FILE", tmp_path / "demo.jsonl")
    demo.FILE.write_text(json.dumps(told))
    now = datetime.fromisoformat("2027-03-01T02:00:00.5Z")

    line = json.loads(demo.as_file(now).read())

    assert line["opened_at"] == "2027-02-26T21:30:00Z"
    assert line["deadline"] == "2027-03-04T02:00:00Z"
    assert line["note"] == "seen 3d ago"
    assert re.fullmatch(r"C\d{8}", line["number"])


def test_a_second_world_has_other_numbers_of_cases() -> None:
    numbers = [
        set(re.findall(r"C\d{8}", demo.as_file(now).read().decode())) for now in (NOW, NOW.replace(year=2027))
    ]
    assert [len(each) for each in numbers] == [14, 14]
    assert not numbers[0] & numbers[1]


def test_the_file_gives_the_password_to_those_who_are_shown_with_it() -> None:
    people = {
        line["email"]: line["password"]
        for line in map(json.loads, demo.FILE.read_text().splitlines())
        if "password" in line
    }
    assert people == {email: DEMO_PASSWORD for _, email in DEMO_PEOPLE}


def test_two_days_make_the_same_world_but_for_its_dates() -> None:
    """Also where a month or a year ends."""
    sunday, monday, new_year = map(
        datetime.fromisoformat, ("2026-11-22T12:00:00Z", "2026-11-23T12:00:00Z", "2026-12-31T23:59:59Z")
    )
    assert _without_dates(sunday) == _without_dates(monday) == _without_dates(new_year)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "now", ["2026-11-22T00:00:00Z", "2027-02-28T23:59:59Z", "2028-02-29T12:00:00Z", "2028-03-31T04:30:00Z"]
)
def test_it_is_right_at_any_time_of_any_day(now: str) -> None:
    """The loader refuses a refund that the policy does not give, and a denial where it gives one."""
    instant = datetime.fromisoformat(now)
    loaded = load(demo.as_file(instant), options=Options(now=instant, allow_passwords=True, dry_run=True))
    assert loaded.counts["refund"] == 12


def _without_dates(now: datetime) -> str:
    text = demo.as_file(now).read().decode()
    return re.sub(r'"C\d{8}"', "C", re.sub(r'"\d{4}-\d{2}(-\d{2}T[^"]+)?"', "T", text))


def test_the_names_of_the_demo_are_nobodys() -> None:
    """Only names that no machine on the internet can have."""
    domains = set(re.findall(r"[\w.]+@([\w.]+)", demo.FILE.read_text()))
    assert domains
    assert all(domain.endswith((".example", "example.com")) for domain in domains)
