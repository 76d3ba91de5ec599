"""A case begins: a customer asks, a publisher asks for a customer, or an agent opens one."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.db.models import Prefetch, prefetch_related_objects

from accounts import audit
from accounts.durable import Answer as Told
from accounts.durable import Asking, durably, once
from accounts.models import Publisher, User
from credits.books import open_books
from ground.laws import law
from refunds import duplicates
from refunds.cases import clocks, letters, rights
from refunds.cases.attachments import Checked, Upload, attach, check
from refunds.cases.locking import move, tell, tell_by_clock
from refunds.cases.refusals import BadInput, CaseOpen, NotForThisPurchase
from refunds.cases.saying import words
from refunds.models import Answer, Case, CaseItem, Grounds, State
from refunds.models.cases import Side, fresh_case_number
from refunds.refusals import NotYours
from storefront.models import Purchase, PurchaseItem, Status

LEAST_WORDS = 50
# What no publisher is asked about: the wallet is the store's own affair, and so are its servers.
NOT_THE_PUBLISHERS = {Grounds.CREDITS_WRONG, Grounds.SERVER_ERROR}
# What can be asked about a purchase that gives nothing back any more, or not yet.
ALWAYS_OPEN = {Grounds.CREDITS_WRONG, Grounds.OTHER}


def open_by_customer(
    *,
    asking: Asking,
    purchase: Purchase | None,
    grounds: str,
    message: str,
    items: Sequence[str] | None = None,
    uploads: Sequence[Upload] = (),
    share: bool = False,
) -> Told:
    """`items` are slugs of assets, none: all live ones; `share` shows the files to the publishers too. The outcome is
    the Case, or CaseOpen."""

    def act() -> Case:
        customer, now = asking.person, asking.now
        if purchase is not None and purchase.customer_id != customer.pk:
            raise NotYours
        files = check(uploads)
        note = words(message, "message", least=LEAST_WORDS)
        case = begin_case(
            customer=customer, purchase=purchase, grounds=grounds, by=customer, side=Side.CUSTOMER, now=now
        )
        if purchase is not None:
            name_items(case, items)
        _begin(case, note=note, files=files, shared=share, door=asking.door, now=now)
        letters.write_customer(case, "case_opened", now=now)
        return case

    return once(asking, act)


def open_by_agent(
    *, purchase: Purchase, by: User, grounds: str, note: str, now: datetime, door: str = "desk"
) -> Case:
    """On a customer's behalf, also long after the window; the publishers are asked as ever."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, purchase=purchase)
        said = words(note, "note")
        case = begin_case(
            customer=purchase.customer, purchase=purchase, grounds=grounds, by=by, side=Side.SUPPORT, now=now
        )
        name_items(case, None)
        _begin(case, note=said, files=(), shared=False, door=door, now=now)
        letters.write_customer(case, "case_opened_for_you", now=now, note=said)
        audit.record(by=by, act="open_case", subject=case.number, why=said, now=now)
        return case

    return durably(act)


def ask_publishers(case: Case, publishers: Iterable[Publisher], *, now: datetime) -> list[Publisher]:
    """Each gets two weeks of its own, and is asked again when an earlier question went unanswered."""
    asked = []
    for publisher in publishers:
        answer, new = Answer.objects.get_or_create(
            case=case, publisher=publisher, defaults={"asked_at": now, "deadline": now + clocks.PUBLISHER_HAS}
        )
        if not new:
            answer.asked_at, answer.deadline, answer.reminders = now, now + clocks.PUBLISHER_HAS, 0
            answer.save(update_fields=["asked_at", "deadline", "reminders"])
        asked.append(publisher)
        tell_by_clock(case, "asked_publisher", now=now, publisher=publisher)
    move(case, State.WAITING_FOR_PUBLISHER, now=now, deadline=now + clocks.PUBLISHER_HAS)
    letters.write_publishers(case, "case_publisher_asked", asked, now=now)
    return asked


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
    publisher: Publisher | None = None,
    subject: str = "",
    reply_to: str = "",
) -> Case:
    """Looks whether it may be, under the lock, before anything is written."""
    law(connection.in_atomic_block, "a case is opened inside a transaction")
    if grounds not in Grounds.values:
        raise BadInput("grounds", "Choose what this is about. Nothing was sent yet.")
    if purchase is None:
        if grounds != Grounds.CREDITS_WRONG:
            raise NotForThisPurchase("invoice", "Say which purchase this is about. Nothing was sent yet.")
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
        publisher=publisher,
        subject=subject,
        reply_to=reply_to,
    )


def _assert_askable(purchase: Purchase, grounds: str) -> None:
    open_case = Case.objects.open().filter(purchase=purchase).first()
    if open_case is not None:
        raise CaseOpen(number=open_case.number)
    if purchase.status != Status.COMPLETED and grounds not in ALWAYS_OPEN:
        raise NotForThisPurchase(
            "grounds",
            "This purchase is {status}. You can still say that your credits are wrong, or ask something else. "
            "Nothing was sent yet.",
            status=purchase.get_status_display().lower(),
        )


def _free_number() -> str:
    while True:
        number = fresh_case_number()
        if not Case.objects.filter(number=number).exists():
            return number


def name_items(case: Case, slugs: Sequence[str] | None, *, of: Publisher | None = None) -> None:
    """Saves the case with the items that it is about: live ones, of this purchase, of this publisher if one asks."""
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
            "items", "Choose from the items of this purchase that can be asked about. Nothing was sent yet."
        )
    chosen = live if slugs is None else [by_slug[slug] for slug in dict.fromkeys(slugs)]
    case.save()
    CaseItem.objects.bulk_create(CaseItem(case=case, item=item) for item in chosen)


def _begin(
    case: Case, *, note: str, files: Sequence[Checked], shared: bool, door: str, now: datetime
) -> None:
    """The first step of the time line, and whoever has to be asked is asked."""
    case.save()
    event = tell(case, "opened", side=case.opened_side, by=case.opened_by, door=door, note=note, now=now)
    attach(case, event, files, by=case.opened_by, side=case.opened_side, shared=shared, now=now)
    publishers = named_publishers(case) if is_the_publishers(case) else []
    if publishers:
        ask_publishers(case, publishers, now=now)


def is_the_publishers(case: Case, *, by_hand: bool = False) -> bool:
    """Whether publishers are asked. An agent may ask them also where the system saw no need."""
    purchase = case.purchase
    if purchase is None or purchase.status != Status.COMPLETED or case.grounds in NOT_THE_PUBLISHERS:
        return False
    if by_hand:
        return True
    return case.grounds != Grounds.DUPLICATE_CHARGE or not duplicates.charged_twice(purchase)
