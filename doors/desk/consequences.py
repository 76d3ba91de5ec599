"""What follows from a ruling, told before the click: the lots, the licences, and who bears it."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from refunds.cases import rulings
from refunds.cases.rulings import Ruling, Standing
from storefront.sold import Part


@dataclass(frozen=True)
class Consequence:
    """One item after the approval."""

    item: Part
    kept: bool
    share_kept: int


def follows(standing: Standing, ruling: Ruling, now: datetime) -> dict[str, object]:
    """For `_ruling.html`."""
    return {
        "ruling": ruling,
        "plan": rulings.plan_for(standing.purchase, ruling.credits, now),
        "consequences": [
            Consequence(part, part.slug in ruling.keep, share)
            for part, share in zip(standing.parts, rulings.parts_kept(standing, ruling), strict=True)
        ],
        "second_above": settings.SECOND_AGENT_ABOVE,
    }
