"""The door's registration."""

from django.apps import AppConfig


class ShopConfig(AppConfig):
    name = "doors.shop"
