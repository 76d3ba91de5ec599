"""The agents' addresses that stand before the admin."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
