"""What every request carries: one reading of the clock, an id, and the person's time zone."""

import uuid
import zoneinfo
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="-")
Respond = Callable[[HttpRequest], HttpResponse]


class RequestContext:
    """Reads the clock once: the instant of receipt is what windows are judged by, however long a lock takes."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()  # type: ignore[attr-defined] # Django's request has no place for it
        # Not reset at the end: Django logs a response after the last middleware, and the next request sets its own.
        current_request_id.set(uuid.uuid4().hex[:12])
        response = self.respond(request)
        response["X-Request-Id"] = current_request_id.get()
        return response


class PersonContext:
    """Shows times in the person's zone and words in their language, for this request only."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        zone, language = "UTC", "en-gb"
        if request.user.is_authenticated:
            zone, language = (
                request.user.time_zone,
                {"en": "en-gb"}.get(request.user.language, request.user.language),
            )
        with timezone.override(zoneinfo.ZoneInfo(zone)), translation.override(language):
            return self.respond(request)
