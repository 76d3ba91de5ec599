"""What happens to open cases when their purchases are settled by another way."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ground.laws import given
from ground.prepared import Given, Prepared, as_model, columns
from refunds.models import Case


class Closing(NamedTuple):
    """What closes a purchase's case: by whom, through which door, and what it did to the credits."""

    purchase_id: int
    by_id: int | None
    door: str
    credits: int | None = None


_open_cases = Prepared(
    lambda: Case.objects.open().filter(purchase__among=Given("purchases")).values_list(*columns(Case))
)


def close_open_cases(closings: Sequence[Closing], *, act: str, now: datetime) -> None:
    """A purchase's lock is its case's: whoever decides the case waits, and then finds it closed."""
    from refunds.cases.act import Doing
    from refunds.cases.acts import carry_out
    from refunds.cases.table import ACTS

    by_purchase = {closing.purchase_id: closing for closing in closings}
    if not by_purchase:
        return
    for case in (as_model(Case, row) for row in _open_cases(purchases=by_purchase)):
        closing = by_purchase[given(case.purchase_id, "the case names its purchase")]
        carry_out(
            Doing(
                act=ACTS[act],
                case=case,
                by_id=closing.by_id,
                door=closing.door,
                moved=closing.credits,
                now=now,
            )
        )
