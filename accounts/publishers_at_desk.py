"""What a lead changes about a publisher at the desk: the rules of its own portal hold there too. The admin's page opens the
transaction."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts import audit
from accounts.models import Membership, Publisher, PublisherEmail, Role, User
from accounts.publishers import AddressKnown, AlreadyMember, remove_member_within, set_role_within
from ground.laws import law
from ground.refusals import NotAllowed, Refusal


class LastAddress(Refusal):
    sentence = _lazy(
        "{publisher} needs at least one confirmed address. Nothing was changed; confirm another one first."
    )


class ChangedMeanwhile(Refusal):
    sentence = _lazy(
        "Somebody else changed {publisher} since this page was opened. Nothing was changed here; open the page again."
    )


def change_members_within(
    *,
    publisher: Publisher,
    joining: Collection[Membership] = (),
    roles: Collection[Membership] = (),
    leaving: Collection[Membership] = (),
    by: User,
    now: datetime,
) -> None:
    """New owners come before old ones go, so that an owner can be replaced in one step. `roles` have their new role."""
    locked = _locked_for_lead(publisher, by)
    _assert_still_there(locked, locked.memberships.all(), [*roles, *leaving])
    for row in joining:
        if locked.memberships.filter(user=row.user).exists():
            raise AlreadyMember(
                _("{address} already acts for {publisher}. Nothing was changed."),
                address=row.user.email,
                publisher=locked,
            )
        Membership.objects.create(publisher=locked, user=row.user, role=row.role, since=now)
        audit.record(by=by, act="add_member", subject=locked.slug, why=f"{row.user} as {row.role}", now=now)
    for row in sorted(roles, key=lambda row: row.role != Role.OWNER):
        set_role_within(publisher=locked, membership=row, role=row.role, by=by, now=now)
    for row in leaving:
        remove_member_within(publisher=locked, membership=row, by=by, now=now)


def change_addresses_within(
    *, publisher: Publisher, addresses: Collection[PublisherEmail], by: User, now: datetime
) -> None:
    """Writes new and changed addresses; a lead may say by themselves that one is confirmed."""
    locked = _locked_for_lead(publisher, by)
    _assert_still_there(locked, locked.emails.all(), [row for row in addresses if row.pk])
    had_confirmed = locked.emails.filter(confirmed_at__isnull=False).exists()
    for row in addresses:
        if locked.emails.filter(address__iexact=row.address).exclude(pk=row.pk).exists():
            raise AddressKnown(
                _("{address} is already among the business addresses of {publisher}. Nothing was changed."),
                address=row.address,
                publisher=locked,
            )
        act = "change_address" if row.pk else "add_address"
        row.save()
        standing = "confirmed" if row.confirmed_at else "not confirmed"  # English: stored
        audit.record(by=by, act=act, subject=locked.slug, why=f"{row.address}, {standing}", now=now)
    if had_confirmed and not locked.emails.filter(confirmed_at__isnull=False).exists():
        raise LastAddress(publisher=locked)


def _locked_for_lead(publisher: Publisher, by: User) -> Publisher:
    law(connection.in_atomic_block, "a publisher is changed at the desk inside a transaction")
    if not by.has_perm("accounts.change_publisher"):
        raise NotAllowed
    return Publisher.objects.lock(publisher.pk)


def _assert_still_there(publisher: Publisher, rows: "QuerySet[Any]", changed: Collection[Model]) -> None:
    """The page was read before the lock was had."""
    if rows.filter(pk__in=[row.pk for row in changed]).count() != len(changed):
        raise ChangedMeanwhile(publisher=publisher)
