"""Who opens a case: a customer, an agent for a customer, or a publisher, whose request is its yes for its own items."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Membership, Publisher, PublisherEmail, User
from ground.doors import Door
from ground.receipts import Answer as Told
from ground.receipts import Asking, idempotently
from ground.transactions import in_transaction
from refunds import duplicates
from refunds.cases import rights
from refunds.cases.act import Doing
from refunds.cases.acts import ACTS, carry_out
from refunds.cases.attachments import Upload, check
from refunds.cases.openings import LEAST_WORDS, begin_case, name_items
from refunds.cases.refusals import BadInput, NotForThisPurchase
from refunds.cases.words import words
from refunds.models import Answer, Case, Grounds
from refunds.models.cases import Side
from refunds.refusals import NotYours
from storefront.models import Purchase, Status


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
        name_items(case, items)
        doing = Doing(
            act=ACTS["open"], case=case, by=customer, note=note, files=files, share=share, door=asking.door, now=now,
        )  # fmt: skip
        return carry_out(doing)

    return idempotently(asking, act)


def open_by_agent(
    *, purchase: Purchase, by: User, grounds: str, note: str, now: datetime, door: str = Door.DESK
) -> Case:
    """On a customer's behalf, also long after the window; the publishers are asked as ever."""

    def act() -> Case:
        rights.assert_agent(by)
        rights.assert_not_own(by, purchase=purchase)
        text = words(note, "note")
        case = begin_case(
            customer=purchase.customer, purchase=purchase, grounds=grounds, by=by, side=Side.SUPPORT, now=now
        )
        name_items(case, None)
        return carry_out(
            Doing(act=ACTS["open_for_customer"], case=case, by=by, note=text, door=door, now=now)
        )

    return in_transaction(act)


def open_publisher_request(
    *,
    asking: Asking,
    publisher: Publisher,
    purchase: Purchase,
    email: str,
    subject: str,
    description: str,
    items: Sequence[str] | None = None,
    uploads: Sequence[Upload] = (),
    share: bool = True,
    grounds: str = Grounds.OTHER,
) -> Told:
    """The request is the publisher's yes for its own items (`items`: slugs, none: all of its live ones). The door has
    verified the invoice number for this publisher. The outcome is the Case, or CaseOpen."""

    def act() -> Case:
        person, now = asking.person, asking.now
        address = own_address(publisher, email)
        files = check(uploads)
        title = words(subject, "subject", most=200)
        note = words(description, "description")
        case = begin_case(
            customer=purchase.customer,
            purchase=purchase,
            grounds=_grounds_found(purchase, grounds),
            by=person,
            side=Side.PUBLISHER,
            now=now,
            publisher=publisher,
            subject=title,
            reply_to=address,
        )
        _assert_refundable(case)
        name_items(case, items, of=publisher)
        Answer.objects.create(
            case=case,
            publisher=publisher,
            asked_at=now,
            deadline=now,
            authorised=True,
            answered_at=now,
            answered_by=person,
            note=note,
        )
        doing = Doing(
            act=ACTS["request"], case=case, by=person, publisher=publisher, note=note, files=files, share=share,
            door=asking.door, now=now,
        )  # fmt: skip
        return carry_out(doing)

    return idempotently(asking, act)


def own_address(publisher: Publisher, email: str) -> str:
    """The publisher's confirmed business address, or the address of somebody who acts for it today."""
    address = email.strip()
    confirmed = PublisherEmail.objects.filter(
        publisher=publisher, address__iexact=address, confirmed_at__isnull=False
    )
    members = Membership.objects.active().filter(publisher=publisher, user__email__iexact=address)
    if not address or not (confirmed.exists() or members.exists()):
        raise BadInput(
            "email",
            _("Use a confirmed address of {publisher}, or the address you sign in with. Nothing was sent."),
            publisher=publisher.name,
        )
    return address


def _grounds_found(purchase: Purchase, grounds: str) -> str:
    """A publisher need not know what the system does: that this is the second charge for the same thing."""
    if grounds == Grounds.OTHER and duplicates.charged_twice(purchase):
        return Grounds.DUPLICATE_CHARGE
    return grounds


def _assert_refundable(case: Case) -> None:
    if case.purchase and case.purchase.status != Status.COMPLETED:
        raise NotForThisPurchase(
            "invoice",
            _("This purchase is {status}, so nothing can be refunded. Nothing was sent."),
            status=case.purchase.get_status_display().lower(),
        )
