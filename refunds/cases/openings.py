"""Opening a case, the same for everybody: whether it may be opened, what it is about, and which publishers are asked."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _

from accounts.models import Publisher, User
from credits.books import open_books
from ground.laws import law
from refunds import duplicates
from refunds.cases import clocks
from refunds.cases.act import Doing
from refunds.cases.refusals import BadInput, CaseOpen, NotForThisPurchase
from refunds.models import Case, CaseItem, Grounds, State
from refunds.models.cases import fresh_case_number
from storefront.models import Purchase, PurchaseItem, Status

LEAST_WORDS = 50
# What no publisher is asked about: the wallet is the store's own affair, and so are its servers.
NOT_THE_PUBLISHERS = {Grounds.CREDITS_WRONG, Grounds.SERVER_ERROR}
# What can be asked about a purchase that gives nothing back any more, or not yet.
ALWAYS_OPEN = {Grounds.CREDITS_WRONG, Grounds.OTHER}


def named_items(case: Case) -> list[PurchaseItem]:
    """The items that the case is about, in their order. They never change, so they are read once for a case."""
    lines = CaseItem.objects.select_related("item__asset", "item__publisher").order_by("item__position")
    prefetch_related_objects([case], Prefetch("items", lines))
    return [line.item for line in case.items.all()]


def named_publishers(case: Case) -> list[Publisher]:
    """Whoever sells one of the case's items, in the order of the items."""
    return list(dict.fromkeys(item.publisher for item in named_items(case)))


def begin_case(
    *,
    customer: User,
    purchase: Purchase | None,
    grounds: str,
    by: User,
    side: str,
    now: datetime,
    **columns: object,
) -> Case:
    """Looks whether it may be, under the lock, before anything is written."""
    law(connection.in_atomic_block, "a case is opened inside a transaction")
    if grounds not in Grounds.values:
        raise BadInput("grounds", _("Choose what this is about. Nothing was sent yet."))
    if purchase is None:
        if grounds != Grounds.CREDITS_WRONG:
            raise NotForThisPurchase("invoice", _("Say which purchase this is about. Nothing was sent yet."))
        open_books([customer.pk], now=now)
        locked = None
    else:
        locked = Purchase.objects.lock(purchase.pk)
        _assert_askable(locked, grounds)
    return Case(
        number=_free_number(),
        purchase=locked,
        customer=customer,
        grounds=grounds,
        state=State.WAITING_FOR_SUPPORT,
        opened_by=by,
        opened_side=side,
        opened_at=now,
        state_since=now,
        deadline=clocks.support_deadline(now),
        **columns,
    )


def _assert_askable(purchase: Purchase, grounds: str) -> None:
    open_case = Case.objects.open().filter(purchase=purchase).first()
    if open_case is not None:
        raise CaseOpen(number=open_case.number)
    if purchase.status != Status.COMPLETED and grounds not in ALWAYS_OPEN:
        raise NotForThisPurchase(
            "grounds",
            _(
                "This purchase is {status}. You can still say that your credits are wrong, or ask something else. "
                "Nothing was sent yet."
            ),
            status=purchase.get_status_display().lower(),
        )


def _free_number() -> str:
    while True:
        number = fresh_case_number()
        if not Case.objects.filter(number=number).exists():
            return number


def name_items(case: Case, slugs: Sequence[str] | None, *, of: Publisher | None = None) -> None:
    """Saves the case with the items that it is about: live ones, of this purchase, of this publisher if one asks."""
    if case.purchase is None:
        case.save()
        return
    rows = (
        PurchaseItem.objects.live()
        .filter(purchase=case.purchase)
        .select_related("asset")
        .order_by("position")
    )
    live = [row for row in rows if of is None or row.publisher_id == of.pk]
    by_slug = {row.asset.slug: row for row in live}
    unknown = [slug for slug in slugs or () if slug not in by_slug]
    if unknown or (not live and of is not None) or (slugs is not None and not slugs):
        raise BadInput(
            "items",
            _("Choose from the items of this purchase that can be asked about. Nothing was sent yet."),
        )
    chosen = live if slugs is None else [by_slug[slug] for slug in dict.fromkeys(slugs)]
    case.save()
    CaseItem.objects.bulk_create(CaseItem(case=case, item=item) for item in chosen)


def ask_those_named(doing: Doing) -> str:
    """Whoever has to be asked before support decides."""
    doing.about = named_publishers(doing.case) if is_the_publishers(doing.case) else []
    return "asked_publisher" if doing.about else ""


def is_the_publishers(case: Case, *, by_hand: bool = False) -> bool:
    """Whether publishers are asked. An agent may ask them also where the system saw no need."""
    purchase = case.purchase
    if purchase is None or purchase.status != Status.COMPLETED or case.grounds in NOT_THE_PUBLISHERS:
        return False
    if by_hand:
        return True
    return case.grounds != Grounds.DUPLICATE_CHARGE or not duplicates.charged_twice(purchase)
