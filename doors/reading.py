"""Pages that show money read one state of the store, in the view and in its template."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse

from ground.transactions import snapshot

P = ParamSpec("P")
Asked = TypeVar("Asked", bound=HttpRequest)
Response = TypeVar("Response", bound=HttpResponseBase)


def in_one_state(
    view: Callable[Concatenate[Asked, P], Response],
) -> Callable[Concatenate[Asked, P], Response]:
    """What is only looked at is read in one snapshot: however many statements a page takes, a refund that commits in
    between is in all of them or in none. A view that acts does so outside."""

    @wraps(view)
    def reading(request: Asked, *args: P.args, **kwargs: P.kwargs) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return view(request, *args, **kwargs)
        with snapshot():
            response = view(request, *args, **kwargs)
            if isinstance(response, SimpleTemplateResponse):
                response.render()
            return response

    return reading
