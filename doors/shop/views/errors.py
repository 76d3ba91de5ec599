"""Pages for when there is no page. A thing that is not yours gets the very page of one that never was."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.refusals import Refusal


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    # Rendered without a context: whatever broke may have been the database.
    from django.template.loader import get_template

    return HttpResponse(get_template("500.html").render(), status=500)


def refused(request: HttpRequest, refusal: Refusal, status: int) -> HttpResponse:
    """A refusal that no page of its own shows: one sentence, and the way back."""
    return render(request, "refused.html", {"refusal": refusal}, status=status)
