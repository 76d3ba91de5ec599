"""The door's registration."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "doors.api"
