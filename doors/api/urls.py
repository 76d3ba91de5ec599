"""The machines' addresses, and the operators'."""

from importlib import import_module

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import StringConverter

from doors.api import health, schema
from doors.api.routes import V1, patterns
from doors.api.views import NotHere

ANSWERED_IN = (
    "cases",
    "catalogue",
    "library",
    "people",
    "publisher",
    "purchases",
    "refunds",
    "store",
    "wallet",
)


class InvoiceNumber(StringConverter):
    regex = "IN[0-9]{12}"


class CaseNumber(StringConverter):
    regex = "C[0-9]{8}"


register_converter(InvoiceNumber, "invoice")
register_converter(CaseNumber, "case")
# Each declares its routes where it answers them.
for name in ANSWERED_IN:
    import_module(f"doors.api.{name}")
urlpatterns: list[URLPattern] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    *patterns(),
    path(f"{V1}schema/", schema.Schema.as_view(), name="api_schema"),
    path(f"{V1}docs/", schema.Docs.as_view(), name="api_docs"),
    path(f"{V1}errors/", schema.errors, name="api_errors"),
    re_path(rf"^{V1}", NotHere.as_view(), name="api_not_here"),
]
