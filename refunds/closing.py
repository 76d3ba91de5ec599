"""What happens to an open case when its purchase is settled by another way."""

from datetime import datetime

from accounts.models import User
from refunds.models import Case, CaseEvent, State
from refunds.models.cases import Side
from storefront.models import Purchase


def close_open_case(
    *, purchase: Purchase, by: User | None, door: str, act: str, now: datetime, credits: int | None = None
) -> Case | None:
    """The purchase's lock is the case's: whoever decides the case waits, and then finds it closed."""
    case = Case.objects.open().filter(purchase=purchase).first()
    if case is None:
        return None
    case.state, case.state_since, case.closed_at, case.deadline = State.CLOSED_BY_REFUND, now, now, None
    case.save(update_fields=["state", "state_since", "closed_at", "deadline"])
    CaseEvent.objects.create(case=case, at=now, side=Side.STORE, by=by, door=door, act=act, credits=credits)
    return case
