"""The publishers' addresses."""

from django.urls import URLPattern, path

from doors.portal.verify import verify_json

urlpatterns: list[URLPattern] = [
    path("publisher/v1/invoice/verify.json", verify_json, name="verify_json"),
]
