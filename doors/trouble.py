"""Error pages. What belongs to somebody else gets the same page as what does not exist."""

import errno
import sys
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from doors.kinds import page_status
from doors.unavailable import AWAY, unavailable
from ground.refusals import Busy, InProgress, Refusal

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS}


def is_away(error: BaseException | None) -> bool:
    """Whether the store lacks something for a while: its database, or room on its disk."""
    return isinstance(error, AWAY) or (isinstance(error, OSError) and error.errno in DISK)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """What middleware met ends here too; the page is drawn without a context, for it may have been the database."""
    if is_away(sys.exc_info()[1]):
        return unavailable(request)
    return HttpResponse(get_template("500.html").render(), status=500)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal that no page of its own shows: one sentence, and the way back."""
    page = render(request, "refused.html", {"refusal": refusal}, status=page_status(refusal))
    return retry_soon(page, refusal)


def retry_soon(page: HttpResponse, refusal: Refusal) -> HttpResponse:
    """Says when to ask again, where that alone will help."""
    if isinstance(refusal, Busy | InProgress):
        page["Retry-After"] = "1"
    return page


class Sessions(SessionMiddleware):
    """Django's, which keeps the session after the answer is made: the last moment at which the database can be lost."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except AWAY:
            return unavailable(request)


class Trouble:
    """What no view caught: a refusal becomes its sentence, a database that does not answer becomes a 503.

    It finds out who asks, before other middleware does: whether the database is there is known from then on. With DEBUG,
    Django would tell of a missing page in its own yellow; the demo store shows the store's page.
    """

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.user.get_username()
        except AWAY:
            return unavailable(request)
        response = self.respond(request)
        if settings.DEBUG and response.status_code == HTTPStatus.NOT_FOUND and request.resolver_match is None:
            return not_found(request)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Http404):
            return not_found(request, error)
        if isinstance(error, Refusal):
            return refused(request, error)
        if is_away(error):
            return unavailable(request)
        if isinstance(error, DataError) and "\0" in request.path:
            return not_found(request)  # PostgreSQL looks for no such text, so nothing is called that
        return None
