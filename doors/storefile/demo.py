"""The demo world is data: `demo.jsonl` is a store file whose times are told as seen from now, such as “40d 5h ago” or
“in 30d”. Here it becomes a store file with dates, for the ordinary loader."""

import json
import re
from collections.abc import Container
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

from ground.instants import rfc3339

FILE = Path(__file__).with_name("demo.jsonl")
SPAN = r"\d+[dhm](?: \d+[dhm])*"
# Whole values only, so that a note may speak of things that were “3d ago”.
TIME = re.compile(rf'"(?:(?P<ago>{SPAN}) ago|in (?P<ahead>{SPAN}))"')
CASE = re.compile(r'"C(\d{1,7})"')
UNITS = {"d": "days", "h": "hours", "m": "minutes"}


def as_file(now: datetime, *, without: Container[str] = (), terms: bool = True) -> BytesIO:
    """`without` names codes and terms that the store has already, with dates of an earlier day; a store that has sold
    something takes no terms of an earlier day at all."""
    now = now.replace(microsecond=0)
    text = TIME.sub(lambda time: f'"{rfc3339(_instant(time, now))}"', FILE.read_text(encoding="utf-8"))
    text = CASE.sub(lambda case: f'"{_case_number(int(case[1]), now)}"', text)
    lines = text.splitlines(keepends=True)
    return BytesIO("".join(line for line in lines if _is_wanted(line, without, terms)).encode())


def _instant(time: re.Match[str], now: datetime) -> datetime:
    if time["ago"]:
        return now - _span(time["ago"])
    return now + _span(time["ahead"])


def _span(text: str) -> timedelta:
    return sum((timedelta(**{UNITS[part[-1]]: int(part[:-1])}) for part in text.split()), timedelta())


def _case_number(count: int, now: datetime) -> str:
    """Another one in every demo world, so that a second world fits into the same store."""
    return f"C{(int(now.timestamp()) * 31 + count * 7919) % 10**8:08d}"


def _is_wanted(text: str, without: Container[str], terms: bool) -> bool:
    line = json.loads(text)
    if line["type"] == "terms":
        return terms and line["version"] not in without
    return line["type"] != "code" or line["code"] not in without
