"""Error pages. What belongs to somebody else gets the same page as what does not exist."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.db import DataError, InternalError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from doors.problems import page_status
from ground.refusals import Busy, InProgress, Refusal

RETRY_AFTER_SECONDS = 5


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Rendered without a context: whatever broke may have been the database.
    return HttpResponse(get_template("500.html").render(), status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database does not take this right now: full, read-only, or gone. Nothing was done; it may be asked again."""
    page = get_template("503.html").render()
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def status_of(refusal: Refusal) -> int:
    """The status of the page that shows a refusal. This door has always called these two a conflict."""
    if refusal.code in {"idempotency_key_reused", "insufficient_credits"}:
        return HTTPStatus.CONFLICT
    return page_status(refusal)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal that no page of its own shows: one sentence, and the way back."""
    page = render(request, "refused.html", {"refusal": refusal}, status=status_of(refusal))
    return retry_soon(page, refusal)


def retry_soon(page: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Says when to ask again, where that alone will help."""
    if isinstance(refusal, Busy | InProgress):
        page["Retry-After"] = "1"
    return page


class Trouble:
    """What no view caught: a refusal becomes its sentence, a database that does not answer becomes a 503.

    With DEBUG, Django would tell of a missing page in its own yellow; the demo store shows the store's page.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.respond(request)
        if settings.DEBUG and response.status_code == HTTPStatus.NOT_FOUND and request.resolver_match is None:
            return not_found(request)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Http404):
            return not_found(request, error)
        if isinstance(error, Refusal):
            return refused(request, error)
        if isinstance(error, OperationalError | InternalError):
            return unavailable(request)
        if isinstance(error, DataError) and "\0" in request.path:
            return not_found(request)  # PostgreSQL looks for no such text, so nothing is called that
        return None
