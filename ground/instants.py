"""How an instant is spelled for machines: in UTC, so that two spellings of one instant are the same text.

For people `ground/templatetags/recredit.py` spells it, in their own zone.
"""

from datetime import UTC, datetime
from typing import overload

from ground.laws import law


def in_utc(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError(f"{at!r} has no time zone.")
    return at.astimezone(UTC)


@overload
def rfc3339(at: datetime) -> str: ...
@overload
def rfc3339(at: None) -> None: ...
@overload
def rfc3339(at: datetime | None) -> str | None: ...
def rfc3339(at: datetime | None) -> str | None:
    """2026-12-03T09:30:00Z; microseconds only where there are any."""
    return None if at is None else in_utc(at).isoformat().replace("+00:00", "Z")


@overload
def stamp(at: datetime) -> str: ...
@overload
def stamp(at: None) -> None: ...
@overload
def stamp(at: datetime | None) -> str | None: ...
def stamp(at: datetime | None) -> str | None:
    """As every digest spells it: always with six digits of the second, so that the texts sort as the instants do."""
    if at is None:
        return None
    law(at.tzinfo is not None, "an instant without a zone is none")
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
