"""Until when the terms that a purchase was completed under let it be refunded. Pure, so that the policy uses it too."""

from datetime import UTC, datetime, timedelta

from storefront.enums import Status

NEVER_COMPLETED = (Status.PENDING, Status.CANCELLED)


def refundable_until(*, status: str, completed_at: datetime | None, window_days: int) -> datetime | None:
    """None where there is no window. Days are 24 hours in UTC, so a change of the clocks neither gives nor takes one."""
    if completed_at is None or status in NEVER_COMPLETED:
        return None
    try:
        return completed_at.astimezone(UTC) + timedelta(days=window_days)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)
