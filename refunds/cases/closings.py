"""How a request ends when its purchase is settled in another way."""

from datetime import datetime

from refunds.cases.act import Doing
from refunds.cases.acts import carry_out
from refunds.cases.table import ACTS
from refunds.closing import Closing
from refunds.models import Case


def by_refund(case: Case, closing: Closing, now: datetime) -> None:
    _close("refunded", case, closing, now)


def by_charge_back(case: Case, closing: Closing, now: datetime) -> None:
    _close("charged_back", case, closing, now)


def _close(act: str, case: Case, closing: Closing, now: datetime) -> None:
    doing = Doing(
        act=ACTS[act], case=case, by_id=closing.by_id, door=closing.door, moved=closing.credits, now=now
    )
    carry_out(doing)
