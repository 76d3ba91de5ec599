"""What every route of this door has in common."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from doors.api.authentication import OPEN
from doors.api.errors import respond, told
from doors.api.paging import refuse_unknown
from doors.api.parsing import StrictJSONParser
from doors.api.throttling import throttle


class AsItIs(BaseContentNegotiation):
    """A route answers in one way, whatever else its caller would accept; the body is read by its type."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        return renderers[0], renderers[0].media_type


class Route(APIView):
    """`scopes`: what each method needs. `params`: what an address may carry after its question mark."""

    http_method_names: ClassVar = ["get", "head", "post"]
    content_negotiation_class = AsItIs
    parser_classes: ClassVar = [StrictJSONParser]
    scopes: ClassVar[Mapping[str, str]] = {}
    params: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if hasattr(self, request.method.lower()):
            refuse_unknown(request, self.params)

    def perform_authentication(self, request: Request) -> None:
        """Every request is counted, also one whose key is wrong, before anything else is asked."""
        try:
            super().perform_authentication(request)
        except exceptions.APIException:
            throttle(request)
            raise
        throttle(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        if not response.has_header("Cache-Control") and OPEN not in self.scopes.values():
            response["Cache-Control"] = "private, no-store"
        return response


class NotHere(Route):
    """Any other address below ours: said in the shape of every other error."""

    def http_method_not_allowed(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        raise exceptions.NotFound(
            "There is no such address. Each one ends with a slash; /api/v1/docs/ shows them all."
        )


def say(body: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return respond(status, told(body))
