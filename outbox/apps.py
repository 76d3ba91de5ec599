"""The room's registration."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "outbox"
    agents = ("view_message", "view_job")
