"""The person's own time zone and language, for this request; and pages of their own are kept by nobody else."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


class PersonContext:
    """Shows times in the person's zone and words in their language, for this request only."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone, language = "UTC", "en-gb"
        if request.user.is_authenticated:
            zone, language = (
                request.user.time_zone,
                {"en": "en-gb"}.get(request.user.language, request.user.language),
            )
        with timezone.override(zoneinfo.ZoneInfo(zone)), translation.override(language):
            response = self.respond(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response
