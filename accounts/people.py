"""Making people what they are: agents, leads, members of a publisher."""

from datetime import datetime

from django.contrib.auth.models import Group

from accounts import audit
from accounts.durable import durably
from accounts.models import Membership, Publisher, User
from accounts.refusals import NotAllowed
from accounts.roles import AGENTS, LEADS

ROLES = {"agent": AGENTS, "lead": LEADS}


def give_role(*, user: User, role: str) -> None:
    """An agent or a lead works in the desk, so the door of the desk opens with the role."""
    user.groups.add(Group.objects.get(name=ROLES[role]))
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    vars(user).pop("_role_names", None)


def change_role(*, user: User, role: str, by: User, why: str, now: datetime) -> None:
    """Makes somebody an agent, a lead, or a customer again; nobody does it to themselves."""
    if user.pk == by.pk:
        raise NotAllowed("Nobody changes their own role. Nothing was changed.")

    def act() -> None:
        user.groups.remove(*Group.objects.filter(name__in=ROLES.values()))
        if role:
            give_role(user=user, role=role)
        else:
            user.is_staff = user.is_superuser
            user.save(update_fields=["is_staff"])
            vars(user).pop("_role_names", None)
        audit.record(
            by=by, act="change role", subject=user.email, why=f"{role or 'customer'}: {why}", now=now
        )

    durably(act)


def join(*, user: User, publisher: Publisher, role: str = Membership.MEMBER, now: datetime) -> Membership:
    membership, _ = Membership.objects.get_or_create(
        user=user, publisher=publisher, defaults={"role": role, "since": now}
    )
    return membership
