"""What happens to open cases when their purchases are settled by another way."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from ground.laws import given
from ground.prepared import Given, Prepared, as_model, columns
from refunds.models import Case


class Closing(NamedTuple):
    """Why a case closes by itself: who settled its purchase, through which door, and for how many credits."""

    purchase_id: int
    by_id: int | None
    door: str
    credits: int | None = None


_open_cases = Prepared(
    lambda: Case.objects.open().filter(purchase__among=Given("purchases")).values_list(*columns(Case))
)


# By the act that ends a case. Requests register theirs at start: they pay through the one payer, which ends up here.
endings: dict[str, Callable[[Case, Closing, datetime], None]] = {}


def close_open_cases(closings: Sequence[Closing], *, act: str, now: datetime) -> None:
    """The caller holds the purchase's lock, which guards its case too: whoever decides the case waits for it."""
    by_purchase = {closing.purchase_id: closing for closing in closings}
    if not by_purchase:
        return
    for case in (as_model(Case, row) for row in _open_cases(purchases=by_purchase)):
        endings[act](case, by_purchase[given(case.purchase_id, "the case names its purchase")], now)
