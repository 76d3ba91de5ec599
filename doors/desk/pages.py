"""What every page of the desk has in common: the gate, the frame, and how a refusal is shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, re_path

View = Callable[..., HttpResponse]


def at(pattern: str, view: View, name: str, *, may: str) -> URLPattern:
    """An address of the desk: behind the admin's gate, and for those with the right alone."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_perm(may):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return re_path(rf"^admin/{pattern}$", admin.site.admin_view(guarded), name=name)


def show(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    frame = {**admin.site.each_context(request), "title": title, "now": request.now}
    return render(request, f"desk/{template}.html", {**frame, **context}, status=status)
