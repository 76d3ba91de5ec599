"""Making people what they are: agents, leads, members of a publisher."""

from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import connection
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Membership, Publisher, Role, User
from accounts.roles import AGENTS, LEADS
from ground.laws import law
from ground.refusals import NotAllowed
from ground.transactions import in_transaction

ROLES = {"agent": AGENTS, "lead": LEADS}


def give_role(*, user: User, role: str) -> None:
    """An agent or a lead works in the desk, so the door of the desk opens with the role."""
    user.groups.add(Group.objects.get(name=ROLES[role]))
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    _forget_rights(user)


def change_role(*, user: User, role: str, by: User, why: str, now: datetime) -> None:
    """Makes somebody an agent, a lead, or a customer again; nobody does it to themselves."""
    if user.pk == by.pk:
        raise NotAllowed(_("Nobody changes their own role. Nothing was changed."))

    def act() -> None:
        user.groups.remove(*Group.objects.filter(name__in=ROLES.values()))
        if role:
            give_role(user=user, role=role)
        else:
            user.is_staff = user.is_superuser
            user.save(update_fields=["is_staff"])
            _forget_rights(user)
        audit.record(
            by=by, act="change role", subject=user.email, why=f"{role or 'customer'}: {why}", now=now
        )

    in_transaction(act)


def _forget_rights(user: User) -> None:
    """What was read of them before counts no more."""
    for kept in ("role_names", "is_lead", "_perm_cache", "_user_perm_cache", "_group_perm_cache"):
        vars(user).pop(kept, None)


def join(*, user: User, publisher: Publisher, role: str = Role.MEMBER, now: datetime) -> Membership:
    membership, _ = Membership.objects.get_or_create(
        user=user, publisher=publisher, defaults={"role": role, "since": now}
    )
    return membership


def register_person(
    *,
    email: str,
    name: str = "",
    time_zone: str = "UTC",
    language: str = "en",
    confirmed: bool = True,
    now: datetime,
) -> tuple[User, bool]:
    """Somebody whom another shop knows, and whether they are new here. They have no password until they ask for one
    by e-mail. Whoever is known already is left as they are."""
    law(connection.in_atomic_block, "a person is registered inside a transaction")
    address = email.strip().lower()
    known = User.objects.filter(email=address).first()
    if known is not None:
        return known, False
    made = User.objects.create_user(
        address, name=name, time_zone=time_zone, language=language, date_joined=now
    )
    EmailAddress.objects.create(user=made, email=address, verified=confirmed, primary=True)
    return made, True
