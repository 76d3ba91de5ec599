"""A publisher's own affairs: its name, its business addresses, and who acts for it.

Letters are queued by `post`, which the caller brings along (outbox.letters.queue): this room stands below the outbox.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import audit
from accounts.models import ApiKey, Invitation, Membership, Publisher, PublisherEmail, Role, User
from ground.instants import rfc3339
from ground.refusals import NotAllowed, Refusal
from ground.transactions import in_transaction

Post = Callable[..., object]
SALT = "publisher-address"
LINK_LIVES = timedelta(days=7)
INVITATION_LIVES = timedelta(days=14)
MOST_WAITING = 20


class NotAnAddress(Refusal):
    code = "not_an_address"
    sentence = _lazy("“{address}” is no e-mail address. Nothing was sent.")


class AddressKnown(Refusal):
    code = "address_known"
    sentence = _lazy("{address} is already among your business addresses. Nothing was changed.")


class AlreadyMember(Refusal):
    code = "already_member"
    sentence = _lazy("{address} already acts for {publisher}. No letter was sent.")


class TooManyWaiting(Refusal):
    code = "too_many_waiting"
    sentence = _lazy(
        "{count} letters of yours are still unanswered. Nothing was sent; remove some of them from the list first."
    )


class LinkOver(Refusal):
    code = "link_over"
    sentence = _lazy(
        "This link is not valid any more: links work for 7 days and once. Nothing was changed; ask for a new "
        "letter on the portal's account page."
    )


class InvitationOver(Refusal):
    code = "invitation_over"
    sentence = _lazy(
        "This invitation is not open any more. Nothing was changed; ask whoever invited you for a new one."
    )


class LastOwner(Refusal):
    code = "last_owner"
    sentence = _lazy(
        "{publisher} needs at least one owner. Nothing was changed; make somebody else an owner first."
    )


def rename(*, publisher: Publisher, name: str, by: User, now: datetime) -> None:
    def act() -> None:
        locked = _locked_for_owner(publisher, by)
        before, locked.name = locked.name, name
        locked.save(update_fields=["name"])
        audit.record(by=by, act="rename_publisher", subject=locked.slug, why=f"{before} → {name}", now=now)

    in_transaction(act)


def add_address(*, publisher: Publisher, address: str, by: User, now: datetime, post: Post) -> PublisherEmail:
    """Usable only once the letter to it was answered: nobody writes in the name of a mailbox that is not theirs."""
    address = _checked(address)

    def act() -> PublisherEmail:
        locked = _locked_for_owner(publisher, by)
        if locked.emails.filter(address__iexact=address).exists():
            raise AddressKnown(address=address)
        _assert_room(locked.emails.filter(confirmed_at=None).count())
        row = PublisherEmail.objects.create(publisher=locked, address=address, added_at=now)
        audit.record(by=by, act="add_address", subject=locked.slug, why=address, now=now)
        _write_for_confirmation(row, now, post)
        return row

    return in_transaction(act)


def write_again(*, email: PublisherEmail, by: User, now: datetime, post: Post) -> None:
    def act() -> None:
        _locked_for_owner(email.publisher, by)
        if email.confirmed_at is None:
            _write_for_confirmation(email, now, post)

    in_transaction(act)


def remove_address(*, email: PublisherEmail, by: User, now: datetime) -> None:
    def act() -> None:
        locked = _locked_for_owner(email.publisher, by)
        email.delete()
        audit.record(by=by, act="remove_address", subject=locked.slug, why=email.address, now=now)

    in_transaction(act)


def address_of(token: str) -> PublisherEmail:
    """The unconfirmed address that a letter's link stands for."""
    try:
        pk, address = signing.loads(token, salt=SALT, max_age=LINK_LIVES)
    except signing.BadSignature as error:
        raise LinkOver from error
    row = PublisherEmail.objects.select_related("publisher").filter(pk=pk, address=address).first()
    if row is None or row.confirmed_at is not None:
        raise LinkOver
    return row


def confirm_address(*, token: str, now: datetime) -> PublisherEmail:
    """By whoever can read the mailbox; they need not be a member."""
    row = address_of(token)
    if not PublisherEmail.objects.filter(pk=row.pk, confirmed_at=None).update(confirmed_at=now):
        raise LinkOver
    return row


def invite(*, publisher: Publisher, email: str, role: str, by: User, now: datetime, post: Post) -> Invitation:
    address = _checked(email)

    def act() -> Invitation:
        locked = _locked_for_owner(publisher, by)
        if locked.memberships.filter(user__email=address).exists():
            raise AlreadyMember(address=address, publisher=locked)
        waiting = open_invitations(now=now).filter(publisher=locked)
        waiting.filter(email=address).update(withdrawn_at=now)
        _assert_room(waiting.count())
        row = Invitation.objects.create(
            publisher=locked, email=address, role=role, invited_by=by, invited_at=now
        )
        audit.record(by=by, act="invite", subject=locked.slug, why=f"{address} as {role}", now=now)
        post(
            template="invitation",
            to=address,
            data={
                "publisher": locked.name,
                "by": str(by),
                "role": role,
                "path": f"/portal/invitations/{row.pk}/",
                "open_until": rfc3339(now + INVITATION_LIVES),
            },
            now=now,
        )
        return row

    return in_transaction(act)


def open_invitations(*, now: datetime, to: User | None = None) -> "QuerySet[Invitation]":
    rows = Invitation.objects.filter(
        accepted_at=None, withdrawn_at=None, invited_at__gt=now - INVITATION_LIVES
    )
    return rows.filter(email__iexact=to.email) if to else rows


def accept(*, invitation: Invitation, by: User, now: datetime) -> Membership:
    def act() -> Membership:
        if not open_invitations(now=now, to=by).filter(pk=invitation.pk).update(accepted_at=now):
            raise InvitationOver
        membership, _ = Membership.objects.get_or_create(
            user=by, publisher_id=invitation.publisher_id, defaults={"role": invitation.role, "since": now}
        )
        return membership

    return in_transaction(act)


def withdraw_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    def act() -> None:
        locked = _locked_for_owner(invitation.publisher, by)
        if open_invitations(now=now).filter(pk=invitation.pk).update(withdrawn_at=now):
            audit.record(by=by, act="withdraw_invitation", subject=locked.slug, why=invitation.email, now=now)

    in_transaction(act)


def set_role(*, membership: Membership, role: str, by: User, now: datetime) -> None:
    def act() -> None:
        locked = _locked_for_owner(membership.publisher, by)
        set_role_within(publisher=locked, membership=membership, role=role, by=by, now=now)

    in_transaction(act)


def set_role_within(
    *, publisher: Publisher, membership: Membership, role: str, by: User, now: datetime
) -> None:
    """Under the publisher's lock, as are all of these."""
    if role != Role.OWNER:
        _assert_another_owner(publisher, membership)
    Membership.objects.filter(pk=membership.pk).update(role=role)
    audit.record(by=by, act="set_role", subject=publisher.slug, why=f"{membership.user}: {role}", now=now)


def remove_member(*, membership: Membership, by: User, now: datetime) -> None:
    """At once, with the keys they made: whoever comes back later starts without them. One may also leave by oneself."""

    def act() -> None:
        locked = Publisher.objects.lock(membership.publisher_id)
        if membership.user_id != by.pk:
            _assert_owner(locked, by)
        remove_member_within(publisher=locked, membership=membership, by=by, now=now)

    in_transaction(act)


def remove_member_within(*, publisher: Publisher, membership: Membership, by: User, now: datetime) -> None:
    _assert_another_owner(publisher, membership)
    ApiKey.objects.filter(publisher=publisher, owner=membership.user_id, revoked_at=None).update(
        revoked_at=now
    )
    Membership.objects.filter(pk=membership.pk).delete()
    audit.record(by=by, act="remove_member", subject=publisher.slug, why=str(membership.user), now=now)


def _locked_for_owner(publisher: Publisher, by: User) -> Publisher:
    locked = Publisher.objects.lock(publisher.pk)
    _assert_owner(locked, by)
    return locked


def _assert_owner(publisher: Publisher, by: User) -> None:
    if not publisher.memberships.active().filter(user=by, role=Role.OWNER).exists():
        raise NotAllowed(
            _("Only an owner of {publisher} may do this. Nothing was changed."), publisher=publisher
        )


def _assert_another_owner(publisher: Publisher, leaving: Membership) -> None:
    owners = publisher.memberships.active().filter(role=Role.OWNER)
    if not owners.exclude(pk=leaving.pk).exists():
        raise LastOwner(publisher=publisher)


def _assert_room(waiting: int) -> None:
    if waiting >= MOST_WAITING:
        raise TooManyWaiting(count=waiting)


def _checked(address: str) -> str:
    address = address.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise NotAnAddress(address=address) from error
    return address


def _write_for_confirmation(row: PublisherEmail, now: datetime, post: Post) -> None:
    token = signing.dumps([row.pk, row.address], salt=SALT)
    post(
        template="confirm_address",
        to=row.address,
        data={"publisher": row.publisher.name, "address": row.address, "path": f"/portal/addresses/{token}/"},
        now=now,
    )
