"""A download that should not count is struck; where that makes the purchase eligible, its case is settled at once."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from credits.books import open_books
from ground.doors import Door
from ground.transactions import in_transaction
from refunds.cases import rights
from refunds.cases.act import Doing
from refunds.cases.acts import carry_out
from refunds.cases.locks import lock_case
from refunds.cases.refusals import BadInput
from refunds.cases.table import ACTS
from refunds.cases.words import words
from refunds.models import Case
from storefront import services as storefront
from storefront.models import Download


def strike(
    *, downloads: Sequence[Download], by: User, why: str, now: datetime, door: str = Door.DESK
) -> Case | None:
    """Strikes downloads of one purchase together. Where that makes the purchase eligible as of the opening of its open
    case, the policy's amount is settled at once. Returns the case that was settled, if one was."""
    row = ACTS["strike"]

    def act() -> Case | None:
        purchase = downloads[0].purchase
        rights.assert_agent(by, row.right)
        rights.assert_not_own(by, purchase=purchase)
        if any(one.purchase_id != purchase.pk for one in downloads):
            raise BadInput(
                "also", _("Only downloads of one purchase are struck together. Nothing was struck.")
            )
        reason = words(why, "why")
        books = open_books([purchase.customer_id], now=now)
        storefront.strike_within(downloads=downloads, by=by, why=reason, now=now)
        case = Case.objects.open().filter(purchase=purchase).first()
        if case is None:
            return None
        fresh = lock_case(case, now=now)[0]
        titles = ", ".join(dict.fromkeys(download.asset.title for download in downloads))
        doing = Doing(act=row, case=fresh, by=by, note=f"{titles}: {reason}", door=door, books=books, now=now)
        struck = carry_out(doing)
        return None if struck.is_open else struck

    return in_transaction(act)
