"""The room's registration."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "outbox"
    agents = ("view_message", "view_job")

    def ready(self) -> None:
        from outbox import tidying  # noqa: F401 - its job registers itself on import
