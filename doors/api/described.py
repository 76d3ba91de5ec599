"""How a route tells of itself in the schema: what it takes, what it answers, and every error it may answer with."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    extend_schema,
)
from rest_framework.serializers import Serializer

from doors.api.authentication import OPEN
from doors.api.paging import MOST, SIZE
from doors.api.problem_shape import Problem
from doors.kinds import problem
from doors.problems import PROBLEMS

Handler = Callable[..., HttpResponse]
Answers: TypeAlias = Mapping[int, type[Serializer] | PolymorphicProxySerializer | OpenApiTypes]
Responses = dict[tuple[int, str], OpenApiResponse]
Body: TypeAlias = "type[Serializer] | PolymorphicProxySerializer | Mapping[str, type[Serializer]] | None"
EXAMPLE = "https://store.example"  # the schema is the same for every store
EXAMPLES = json.loads(Path(__file__).with_name("examples.json").read_text())
PROBLEM_JSON = "application/problem+json"
ALWAYS = ("invalid", "throttled", "server_error", "unavailable")
WITH_KEY = ("idempotency_key_reused", "in_progress", "busy")
WITH_BODY = ("parse_error", "too_large", "unsupported_media_type")


def described(
    summary: str,
    *,
    name: str,
    scope: str = OPEN,
    answers: Answers,
    body: Body = None,
    query: Sequence[type[Serializer]] = (),
    paged: bool = False,
    key: str = "",
    customer: bool = False,
    problems: Sequence[str] = (),
    more: str = "",
) -> Callable[[Handler], Handler]:
    """`key`: whether an Idempotency-Key is "needed" or "taken"; `customer`: whether X-Customer says for whom."""
    codes = {*ALWAYS, *problems}
    if scope != OPEN:
        codes |= {"not_authenticated", "permission_denied"}
    if key:
        codes |= {*WITH_KEY, "idempotency_key_required"}
    if body is not None:
        codes |= set(WITH_BODY)
    parameters: list[type[Serializer] | OpenApiParameter] = [
        *query,
        *(_paging() if paged else ()),
        *(_headers(key, customer)),
    ]
    security: list[Any] = [{"key": [scope]}, {"session": []}] if scope != OPEN else []
    needs = f"Needs the scope `{scope}`." if scope != OPEN else "Needs no key."
    return extend_schema(
        operation_id=name,
        summary=summary,
        description=f"{more} {needs}".strip(),
        tags=[name.split("_", 1)[0]],
        auth=security,
        request=body,
        parameters=parameters,
        responses={**_answers(answers), **_problems(codes)},
        examples=_examples(name),
    )


def _answers(answers: Answers) -> Responses:
    told: Responses = {}
    for status, shape in answers.items():
        kind = "application/pdf" if shape is OpenApiTypes.BINARY else "application/json"
        told[status, kind] = OpenApiResponse(shape, description="Done." if status == 201 else "As asked.")
    return told


def _examples(name: str) -> list[OpenApiExample]:
    """Requests and answers of the tests' tour: they were really sent."""
    kept = EXAMPLES.get(name, {})
    found = [
        OpenApiExample(f"answer {status}", value=body, response_only=True, status_codes=[status])
        for status, body in kept.get("answers", {}).items()
    ]
    if "request" in kept:
        kind = "application/json"
        found.append(OpenApiExample("request", value=kept["request"], request_only=True, media_type=kind))
    return found


def _problems(codes: set[str]) -> Responses:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in sorted(codes):
        by_status[PROBLEMS[code].status].append(code)
    return {
        (status, PROBLEM_JSON): OpenApiResponse(
            Problem,
            description=" ".join(f"`{code}`: {PROBLEMS[code].meaning}" for code in found),
            examples=[
                OpenApiExample(
                    code,
                    value={
                        **problem(code, PROBLEMS[code].meaning),
                        "type": f"{EXAMPLE}/api/v1/errors/#{code}",
                    },
                    media_type=PROBLEM_JSON,
                    response_only=True,
                    status_codes=[str(status)],
                )
                for code in found
            ],
        )
        for status, found in sorted(by_status.items())
    }


def _paging() -> list[OpenApiParameter]:
    return [
        OpenApiParameter("cursor", str, description="of `next` or `previous`"),
        OpenApiParameter("page_size", {"type": "integer", "minimum": 1, "maximum": MOST, "default": SIZE}),
    ]


def _headers(key: str, customer: bool) -> list[OpenApiParameter]:
    found = []
    if key:
        found.append(
            OpenApiParameter(
                "Idempotency-Key",
                {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
                OpenApiParameter.HEADER,
                required=key == "needed",
                description="A fresh one for each act. Asking again with it gives the same answer, byte for byte, "
                "with `Idempotent-Replayed: true`.",
            )
        )
    if customer:
        found.append(
            OpenApiParameter(
                "X-Customer",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="The customer's e-mail.",
            )
        )
    return found
