"""Where credits go when they come back: one rule for the quote, the booking and the loading."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

SHORTEST_REBIRTH = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Restoration:
    """Credits on their way back: from which usage, into which lot (None: a new one), until when."""

    usage: Any
    credits: int
    kind: str
    lot: Any
    expires_at: datetime | None


def restoration_of(
    usages: Iterable[Any], *, paid_at: datetime, credits: int, now: datetime
) -> list[Restoration]:
    """`usages` come newest first: credits return in the reverse of the order in which they were spent. Each has a lot,
    and what of it was spent and restored; whether it is a row or stands for one makes no difference."""
    plan, missing = [], credits
    for usage in usages:
        back = min(usage.spent - usage.restored, missing)
        if back <= 0:
            continue
        missing -= back
        lot, expires_at = usage.lot, usage.lot.expires_at
        if expires_at is not None and expires_at <= now:
            # An expired lot cannot hold credits. Its successor lives as long as the credits had left when spent.
            expires_at = now + max(expires_at - paid_at, SHORTEST_REBIRTH)
            plan.append(Restoration(usage, back, lot.kind, None, expires_at))
        else:
            plan.append(Restoration(usage, back, lot.kind, lot, expires_at))
    assert missing == 0, "never more is restored than was spent"
    return plan
