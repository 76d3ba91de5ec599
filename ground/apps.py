"""The room's registration, and what every room gets after a migration or a flush."""

from django.apps import AppConfig
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS
from django.db.models.signals import post_migrate


class GroundConfig(AppConfig):
    name = "ground"

    def ready(self) -> None:
        from ground import checks, guards  # noqa: F401 - the checks register themselves on import

        post_migrate.connect(guards.install_after_migrate)
        post_migrate.connect(create_cache_table, sender=self)


def create_cache_table(*, using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    """The shared cache lives in the database unless CACHE_URL says otherwise: sign-ins are counted in it for all workers."""
    call_command("createcachetable", database=using, verbosity=0)
