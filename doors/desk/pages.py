"""What every page of the desk has in common: the gate, the frame, and how a form is answered."""

from collections.abc import Callable, Mapping
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec, Protocol, cast

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, re_path

from doors.kinds import page_status
from doors.reading import in_one_state
from doors.requests import PersonRequest
from ground.refusals import Refusal

P = ParamSpec("P")


class DeskRequest(PersonRequest):
    """From an agent or a lead who has passed the admin's gate."""


class Page(Protocol):
    """Renders a page, with an error message above its form."""

    def __call__(self, error_message: str, status: int) -> HttpResponse: ...


def at(
    pattern: str,
    view: Callable[Concatenate[DeskRequest, P], HttpResponse],
    name: str,
    *,
    may: str,
    writes: bool = False,
) -> URLPattern:
    """An address of the desk: behind the admin's gate, and only for people with the right `may`. What it shows is read
    in one snapshot, unless looking itself `writes`."""
    shown = view if writes else in_one_state(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.has_perm(may):
            raise PermissionDenied
        return shown(desk_request(request), *args, **kwargs)

    return re_path(rf"^admin/{pattern}$", admin.site.admin_view(guarded), name=name)


def desk_request(request: HttpRequest) -> DeskRequest:
    """For the methods of Django's admin, which takes plain requests: its gate has let this one in."""
    return cast(DeskRequest, request)


def show(
    request: DeskRequest, template: str, title: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    frame = {**admin.site.each_context(request), "title": title, "now": request.now}
    return render(request, f"desk/{template}.html", {**frame, **context}, status=status)


def answer_form(
    request: DeskRequest, form: BaseForm, *, act: Callable[[], HttpResponse], page: Page
) -> HttpResponse:
    """Does the act if a valid form was posted, else shows the page. Where the act is refused, the page shows why."""
    if request.method == "POST" and form.is_valid():
        try:
            return act()
        except Refusal as refusal:
            return page(str(refusal), page_status(refusal))
    return page("", HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK)
