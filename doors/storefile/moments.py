"""Instants of a store file: RFC 3339 in, RFC 3339 in UTC out."""

from datetime import UTC, datetime
from typing import overload

from doors.storefile.problems import LineRefused


@overload
def moment(text: str) -> datetime: ...
@overload
def moment(text: None) -> None: ...
def moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise LineRefused(f"has the time {text}, which no calendar knows") from None


@overload
def written(at: datetime) -> str: ...
@overload
def written(at: None) -> None: ...
def written(at: datetime | None) -> str | None:
    """Microseconds only when there are any."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")
