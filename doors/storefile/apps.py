"""The door's registration."""

from django.apps import AppConfig


class StorefileConfig(AppConfig):
    name = "doors.storefile"
