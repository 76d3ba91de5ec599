"""The room's registration."""

from django.apps import AppConfig


class GroundConfig(AppConfig):
    name = "ground"
