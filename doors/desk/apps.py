"""The door's registration."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "doors.desk"
