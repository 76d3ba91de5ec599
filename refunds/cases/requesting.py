"""A publisher asks on a customer's behalf. The request is its authorisation; the customer is asked whether it is theirs."""

from collections.abc import Sequence
from datetime import datetime

from accounts.durable import Answer as Told
from accounts.durable import Asking, once
from accounts.models import Membership, Publisher, PublisherEmail, User
from refunds import duplicates
from refunds.cases import clocks, letters
from refunds.cases.attachments import Upload, attach, check
from refunds.cases.locking import move, tell
from refunds.cases.opening import begin_case, name_items
from refunds.cases.refusals import BadInput, NotForThisPurchase
from refunds.cases.saying import words
from refunds.models import Answer, Case, CaseEvent, Grounds, State
from refunds.models.cases import Side
from storefront.models import Purchase, Status


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
        found = _grounds_found(purchase, grounds)
        case = begin_case(
            customer=purchase.customer,
            purchase=purchase,
            grounds=found,
            by=person,
            side=Side.PUBLISHER,
            now=now,
            publisher=publisher,
            subject=title,
            reply_to=address,
        )
        _assert_refundable(case)
        name_items(case, items, of=publisher)
        _authorise_by_request(case, publisher, person, note, now)
        event = _tell_request(case, publisher, person, note, door=asking.door, now=now)
        attach(case, event, files, by=person, side=Side.PUBLISHER, shared=share, now=now)
        move(case, State.WAITING_FOR_CUSTOMER, now=now, deadline=now + clocks.CUSTOMER_HAS)
        letters.write_customer(case, "case_publisher_request", now=now, publisher=publisher.name, note=note)
        return case

    return once(asking, act)


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
            "Use a confirmed address of {publisher}, or the address you sign in with. Nothing was sent.",
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
            "This purchase is {status}, so nothing can be refunded. Nothing was sent.",
            status=case.purchase.get_status_display().lower(),
        )


def _authorise_by_request(case: Case, publisher: Publisher, by: User, note: str, now: datetime) -> None:
    Answer.objects.create(
        case=case,
        publisher=publisher,
        asked_at=now,
        deadline=now,
        authorised=True,
        answered_at=now,
        answered_by=by,
        note=note,
    )


def _tell_request(
    case: Case, publisher: Publisher, by: User, note: str, *, door: str, now: datetime
) -> CaseEvent:
    return tell(
        case, "requested", side=Side.PUBLISHER, by=by, publisher=publisher, door=door, note=note, now=now
    )
