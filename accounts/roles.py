"""Agents and leads are groups. Each room's AppConfig declares what they may see and do there
(`agents = ("view_wallet",)`, `leads = (...)`), and one handler sets it after every migration and flush."""

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS

AGENTS = "agents"
LEADS = "leads"
# Who may do this is a lead, whether by the group or by the permission itself.
LEAD = "refunds.overrule_case"


def grant_after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    agents, leads = getattr(sender, "agents", ()), getattr(sender, "leads", ())
    if not agents and not leads:
        return
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    own = {
        permission.codename: permission
        for permission in permission_model.objects.using(using).filter(content_type__app_label=sender.label)
    }
    # A lead is an agent who may also do more, so the lead's group holds the agent's permissions too.
    for name, codenames in ((AGENTS, agents), (LEADS, (*agents, *leads))):
        group = group_model.objects.using(using).get_or_create(name=name)[0]
        group.permissions.add(*(own[codename] for codename in codenames if codename in own))
