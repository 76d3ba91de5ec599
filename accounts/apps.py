"""The room's registration, and the roles that every room grants after a migration or a flush."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    agents = ("view_user", "view_publisher", "view_publisheremail", "view_membership", "view_auditline")
    # `change_user` opens the page that gives roles; no screen edits a person's row.
    leads = (
        "change_user",
        "add_publisher",
        "change_publisher",
        "add_publisheremail",
        "change_publisheremail",
        "add_membership",
        "change_membership",
        "delete_membership",
    )

    def ready(self) -> None:
        from accounts import roles

        post_migrate.connect(roles.grant_after_migrate)
