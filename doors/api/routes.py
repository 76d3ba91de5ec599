"""A route is declared once, at the function that answers it: address, scope, shapes and problems. The view that serves
it, its place among the addresses and its part of the schema come from that."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework.request import Request

from doors.api.authentication import OPEN
from doors.api.described import Answers, Body, Handler, described
from doors.api.fields import Strict
from doors.api.keys import Again, answered_again, answered_before
from doors.api.paging import PAGED
from doors.api.parsing import BoundedMultiPartParser, StrictJSONParser
from doors.api.requests import ApiRequest
from doors.api.views import Route
from ground.transactions import snapshot

V1 = "api/v1/"
P = ParamSpec("P")
Function = Callable[Concatenate[ApiRequest, P], HttpResponse]


@dataclass(frozen=True)
class Operation:
    name: str
    scope: str
    params: frozenset[str]
    takes_files: bool
    handler: Handler


OPERATIONS: defaultdict[str, dict[str, Operation]] = defaultdict(dict)


def route(
    method: str,
    address: str,
    summary: str,
    *,
    name: str,
    answers: Answers,
    scope: str = OPEN,
    body: Body = None,
    query: type[Strict] | None = None,
    paged: bool = False,
    ignored: frozenset[str] = frozenset(),
    key: str = "",
    customer: bool = False,
    writes: bool = False,
    again: Again = answered_again,
    problems: Sequence[str] = (),
    more: str = "",
) -> Callable[[Function[P]], Function[P]]:
    """`ignored`: what the address may carry without meaning, for it always could. `writes`: reading it leaves a trace (a
    look-up, a document drawn for the first time), so it is not read in one snapshot. `again`: how an answer that the key has
    already is given. The rest is said in `described`."""
    params = (PAGED if paged else frozenset()) | (query().fields.keys() if query else frozenset()) | ignored

    def declare(function: Function[P]) -> Function[P]:
        reads = method == "get" and not writes

        @wraps(function)
        def handler(_: Route, request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            asked = cast(ApiRequest, request)
            with snapshot() if reads else nullcontext():
                return (answered_before(asked, again) if key else None) or function(asked, *args, **kwargs)

        declared = described(
            summary,
            name=name,
            scope=scope,
            answers=answers,
            body=body,
            query=[query] if query else [],
            paged=paged,
            key=key,
            customer=customer,
            problems=problems,
            more=more,
        )
        takes_files = isinstance(body, Mapping)
        OPERATIONS[address][method] = Operation(name, scope, params, takes_files, declared(handler))
        return function

    return declare


def patterns() -> list[URLPattern]:
    return [_pattern(address, operations) for address, operations in OPERATIONS.items()]


def _pattern(address: str, operations: Mapping[str, Operation]) -> URLPattern:
    takes_files = any(each.takes_files for each in operations.values())
    view: type[Route] = type(
        "DeclaredRoute",
        (Route,),
        {
            "scopes": {method.upper(): each.scope for method, each in operations.items()},
            "params": {method.upper(): each.params for method, each in operations.items()},
            "parser_classes": [StrictJSONParser, *([BoundedMultiPartParser] if takes_files else [])],
            **{method: each.handler for method, each in operations.items()},
        },
    )
    name = next(iter(operations.values())).name
    return path(f"{V1}{address}", view.as_view(), name=f"api_{name}")
