"""Making people what they are: agents, leads, members of a publisher."""

from datetime import datetime

from django.contrib.auth.models import Group

from accounts.models import Membership, Publisher, User
from accounts.roles import AGENTS, LEADS

ROLES = {"agent": AGENTS, "lead": LEADS}


def give_role(*, user: User, role: str) -> None:
    """An agent or a lead works in the desk, so the door of the desk opens with the role."""
    user.groups.add(Group.objects.get(name=ROLES[role]))
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    vars(user).pop("_role_names", None)


def join(*, user: User, publisher: Publisher, role: str = Membership.MEMBER, now: datetime) -> Membership:
    membership, _ = Membership.objects.get_or_create(
        user=user, publisher=publisher, defaults={"role": role, "since": now}
    )
    return membership
