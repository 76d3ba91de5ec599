"""What every route of this door has in common."""

from collections.abc import Iterable, Mapping
from typing import ClassVar, NoReturn, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from doors.api.authentication import OPEN, method_of
from doors.api.errors import json_of, respond
from doors.api.paging import refuse_unknown
from doors.api.parsing import StrictJSONParser
from doors.api.requests import Call
from doors.api.throttling import throttle


class AsItIs(BaseContentNegotiation):
    """A route answers in one way, whatever else its caller would accept; the body is read by its type."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        kind = request.content_type.partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class Route(APIView):
    """`scopes`: what each method needs. `params`: what its address may carry after the question mark."""

    http_method_names = ["get", "head", "post"]
    content_negotiation_class = AsItIs
    parser_classes = [StrictJSONParser]
    scopes: ClassVar[Mapping[str, str]] = {}
    params: ClassVar[Mapping[str, frozenset[str]]] = {}

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Programs are told in English, whatever language its person reads."""
        with translation.override("en-gb"):
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if hasattr(self, str(request.method).lower()):
            refuse_unknown(request, self.params.get(method_of(request), frozenset()))

    def perform_authentication(self, request: Request) -> None:
        """Every request is counted, also one whose key is wrong, before anything else is asked."""
        try:
            super().perform_authentication(request)
        except exceptions.APIException:
            throttle(cast(Call, request))
            raise
        throttle(cast(Call, request))

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if not response.has_header("Cache-Control") and OPEN not in self.scopes.values():
            response["Cache-Control"] = "private, no-store"
        return response


class NotHere(Route):
    """Any other address below ours: said in the shape of every other error."""

    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> NoReturn:
        raise exceptions.NotFound(
            "There is no such address. Each one ends with a slash; /api/v1/docs/ shows them all."
        )


def say(body: Mapping[str, object], status: int = 200) -> HttpResponse:
    return respond(status, json_of(body))
