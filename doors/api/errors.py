"""Every error of every service and of the framework as problem JSON, in one shape."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeGuard

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponse, UnreadablePostError
from django.utils.log import log_response
from rest_framework import exceptions
from rest_framework.views import set_rollback

from doors.kinds import kind_of, problem
from doors.problems import PROBLEMS
from doors.unavailable import AWAY, DETAIL
from ground.refusals import Refusal
from refunds.serial import decision_to_json
from refunds.services import Quote

RETRY_AFTER_SECONDS = {"busy": 1, "in_progress": 1, "unavailable": 5}
# The framework only says what was wrong with these; our table says what to do.
WITHOUT_ADVICE = (
    exceptions.MethodNotAllowed,
    exceptions.NotAuthenticated,
    exceptions.Throttled,
    exceptions.UnsupportedMediaType,
)
DRF_CODES = {"authentication_failed": "not_authenticated", "error": "server_error"}
# What a refusal was raised with that its receiver can act on, and what it is called outside.
SHOWN = {"credits": "credits", "balance": "balance", "number": "case", "scope": "scope"}


def problem_of(refusal: Refusal) -> dict[str, object]:
    """A refusal as JSON, with the facts that its receiver can act on."""
    shown = {SHOWN[name]: value for name, value in refusal.facts.items() if name in SHOWN}
    quote = refusal.facts.get("quote")
    if isinstance(quote, Quote):
        shown = {"decision": decision_to_json(quote.decision)}
    field = getattr(refusal, "field", None)
    if field is not None:
        shown["errors"] = [{"pointer": f"/{field}", "code": refusal.code, "detail": str(refusal)}]
    return problem(refusal.code, str(refusal), **shown)


def json_of(body: object) -> str:
    """The one spelling of a body: what is stored is what was sent, byte for byte."""
    return json.dumps(body, ensure_ascii=False, separators=(", ", ": "))


def respond(status: int, text: str, **headers: str) -> HttpResponse:
    kind = "application/problem+json" if status >= 400 else "application/json"
    return HttpResponse(text, status=status, content_type=kind, headers=headers)


def as_problem(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    set_rollback()
    for kind, word in WORDED:
        if isinstance(error, kind):
            return word(error)
    # Noted with its trace as Django would note it; tests hear of it as of any other.
    request = getattr(context["request"], "_request", context["request"])
    got_request_exception.send(sender=as_problem, request=request)
    response = _say(
        "server_error", "Something went wrong here, and it was noted. Ask again with the same key."
    )
    log_response(
        "%s: %s", response.reason_phrase, request.path, response=response, request=request, exception=error
    )
    return response


def retry_after(refusal: Refusal) -> int | None:
    seconds = refusal.facts.get("seconds")
    return seconds if isinstance(seconds, int) and seconds else RETRY_AFTER_SECONDS.get(refusal.code)


def _of_a_room(error: Refusal) -> HttpResponse:
    return _answer(problem_of(error), retry_after(error))


def _of_the_input(error: exceptions.ValidationError) -> HttpResponse:
    errors = list(_pointed(error.get_full_details(), ""))
    return _say("invalid", "Something in this request cannot be read. Nothing was done.", errors=errors)


def _of_the_framework(error: exceptions.APIException) -> HttpResponse:
    code = DRF_CODES.get(str(error.get_codes()), str(error.get_codes()))
    wait = getattr(error, "wait", None)
    detail = PROBLEMS[code].meaning if isinstance(error, WITHOUT_ADVICE) else str(error.detail)
    response = _answer(problem(code, detail), wait)
    if response.status_code == 401:
        response["WWW-Authenticate"] = "Bearer"
    return response


def _say(code: str, detail: str, **more: object) -> HttpResponse:
    return _answer(problem(code, detail, **more), RETRY_AFTER_SECONDS.get(code))


def _answer(body: Mapping[str, Any], wait: int | None = None) -> HttpResponse:
    return respond(
        kind_of(str(body["code"])).status, json_of(body), **({"Retry-After": str(wait)} if wait else {})
    )


def _pointed(details: object, pointer: str) -> Iterator[dict[str, str]]:
    """Each wrong field by its JSON pointer."""
    if _is_leaf(details):
        yield {"pointer": pointer, "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from _pointed(inner, pointer if name == "non_field_errors" else f"{pointer}/{step}")
    elif isinstance(details, list):
        for place, inner in enumerate(details):
            yield from _pointed(inner, pointer if _is_leaf(inner) else f"{pointer}/{place}")


def _is_leaf(details: object) -> TypeGuard[dict[str, object]]:
    return (
        isinstance(details, dict)
        and details.keys() == {"message", "code"}
        and isinstance(details["code"], str)
    )


NOTHING_HERE = "There is nothing here that you may see."

# The first kind that fits words the error.
WORDED: tuple[tuple[type[Exception], Callable[[Any], HttpResponse]], ...] = (
    (Refusal, _of_a_room),
    (Http404, lambda _: _say("not_found", NOTHING_HERE)),
    (PermissionDenied, lambda _: _say("permission_denied", "You may not do this.")),
    (
        RequestDataTooBig,
        lambda _: _say("too_large", "The body is larger than this store reads. Nothing was done."),
    ),
    (SuspiciousOperation, lambda _: _say("parse_error", "The body cannot be read. Nothing was done.")),
    (UnreadablePostError, lambda _: _say("parse_error", "The body ended too early. Nothing was done.")),
    (exceptions.ValidationError, _of_the_input),
    (exceptions.APIException, _of_the_framework),
    *((kind, lambda _: _say("unavailable", DETAIL)) for kind in AWAY),
)
