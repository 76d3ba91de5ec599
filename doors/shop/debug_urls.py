"""What only a development machine shows."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
