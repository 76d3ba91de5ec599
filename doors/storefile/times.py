"""Instants of a store file: RFC 3339 with a zone. `ground/instants.py` writes them."""

from datetime import UTC, datetime
from typing import overload

from doors.storefile.problems import LineRefused


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
