"""What a view is given: a request that the middleware has read, and behind a gate the person who sent it."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import User


class StoreRequest(HttpRequest):
    """Whoever sent it. `now` is the instant of receipt, by which windows are judged."""

    now: datetime


class PersonRequest(StoreRequest):
    """From somebody who is signed in."""

    user: User


P = ParamSpec("P")
Response = TypeVar("Response", bound=HttpResponseBase)


def signed_in(
    view: Callable[Concatenate[PersonRequest, P], Response],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """The gate of every page for people with an account: whoever is not signed in is asked to."""

    @login_required
    @wraps(view)
    def gated(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(cast(PersonRequest, request), *args, **kwargs)

    return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", gated)
