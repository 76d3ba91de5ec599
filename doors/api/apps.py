"""The door's registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "doors.api"

    def ready(self) -> None:
        from django.core.signals import request_finished

        from ground import tally

        request_finished.connect(tally.flush_when_due)
