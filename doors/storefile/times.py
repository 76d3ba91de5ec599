"""Instants of a store file: RFC 3339 with a zone is read, RFC 3339 in UTC is written."""

from datetime import UTC, datetime
from typing import overload

from doors.storefile.problems import LineRefused
from refunds.question import rfc3339


@overload
def parse_time(text: str) -> datetime: ...
@overload
def parse_time(text: None) -> None: ...
def parse_time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise LineRefused(f"has the time {text}, which no calendar knows") from None


@overload
def format_time(at: datetime) -> str: ...
@overload
def format_time(at: None) -> None: ...
def format_time(at: datetime | None) -> str | None:
    return None if at is None else rfc3339(at)
