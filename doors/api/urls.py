"""The machines' addresses, and the operators'."""

from django.urls import URLPattern, path

from doors.api import health

urlpatterns: list[URLPattern] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]
