"""The door's registration."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "doors.portal"
