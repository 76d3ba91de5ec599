"""What a ruling would do, shown before the click: to lots, licences and shares."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from refunds.cases import rulings
from refunds.cases.rulings import Ruling
from refunds.cases.standings import Standing, plan_for
from storefront.sold import Part


@dataclass(frozen=True)
class Consequence:
    """What becomes of one item."""

    item: Part
    kept: bool
    share_kept: int


def follows(standing: Standing, ruling: Ruling, now: datetime) -> dict[str, object]:
    """The context of `_ruling.html`."""
    return {
        "ruling": ruling,
        "plan": plan_for(standing.purchase, ruling.credits, now),
        "consequences": [
            Consequence(part, part.slug in ruling.keep, share)
            for part, share in zip(standing.parts, rulings.parts_kept(standing, ruling), strict=True)
        ],
        "second_above": settings.SECOND_AGENT_ABOVE,
    }
