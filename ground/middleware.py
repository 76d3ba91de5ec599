"""What every request carries: one reading of the clock, and an id."""

import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

current_request_id: ContextVar[str] = ContextVar("current_request_id", default="-")


class RequestContext:
    """Reads the clock once: the instant of receipt is what windows are judged by, however long a lock takes."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.now = timezone.now()  # type: ignore[attr-defined] # Django's request has no place for it
        # Not reset at the end: Django logs a response after the last middleware, and the next request sets its own.
        current_request_id.set(uuid.uuid4().hex[:12])
        response = self.respond(request)
        response["X-Request-Id"] = current_request_id.get()
        return response
