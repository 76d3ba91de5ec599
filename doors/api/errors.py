"""Problem JSON: the one table from error to status. A refusal that is not in it fails a test."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.views import set_rollback

from accounts.refusals import Refusal
from refunds.serial import decision_to_json

# The code of a refusal, its status, and what it is called in a word or two.
PROBLEMS: dict[str, tuple[int, str]] = {
    "already_answered": (409, "Already answered"),
    "already_owned": (409, "Already owned"),
    "already_struck": (409, "Already struck"),
    "busy": (409, "Busy"),
    "case_open": (409, "A case is open"),
    "idempotency_key_required": (400, "A key is required"),
    "idempotency_key_reused": (422, "Key used for another request"),
    "in_progress": (409, "Still in progress"),
    "insufficient_credits": (402, "Not enough credits"),
    "invalid": (400, "Bad request"),
    "invalid_code": (422, "This code does not work"),
    "method_not_allowed": (405, "Method not allowed"),
    "not_acceptable": (406, "Not acceptable"),
    "not_allowed": (403, "Not allowed"),
    "not_authenticated": (401, "Who are you"),
    "not_charged_back": (409, "Cannot be charged back"),
    "not_for_sale": (409, "Not for sale"),
    "not_found": (404, "Not found"),
    "not_owned": (404, "Not owned"),
    "parse_error": (400, "Unreadable body"),
    "permission_denied": (403, "Not allowed"),
    "price_changed": (409, "The price changed"),
    "quote_changed": (409, "The quote changed"),
    "refund_denied": (422, "Not refundable"),
    "refused": (409, "Refused"),
    "scope_not_given": (422, "Scope not given"),
    "server_error": (500, "Our mistake"),
    "strike_too_late": (409, "Too late to strike"),
    "throttled": (429, "Too many requests"),
    "too_large": (413, "Too large"),
    "too_many_credits": (422, "Too many credits"),
    "too_many_guesses": (429, "Too many guesses"),
    "unavailable": (503, "Not available right now"),
    "unsupported_media_type": (415, "Unsupported media type"),
}
RETRY_AFTER_SECONDS = {"busy": 1, "in_progress": 1}
DRF_CODES = {"authentication_failed": "not_authenticated", "error": "invalid"}


def problem(code: str, detail: str, **more: Any) -> dict[str, Any]:
    status, title = PROBLEMS[code]
    where = f"{settings.PUBLIC_URL}/api/v1/docs/#{code}"
    return {"type": where, "title": title, "status": status, "code": code, "detail": detail, **more}


def problem_of(refusal: Refusal) -> dict[str, Any]:
    """A refusal as JSON, with the facts that its receiver can act on."""
    shown = {
        name: value
        for name, value in refusal.facts.items()
        if name in {"credits", "balance", "case", "scope"}
    }
    if "quote" in refusal.facts:
        shown = {"decision": decision_to_json(refusal.facts["quote"].decision)}
    return problem(refusal.code, str(refusal), **shown)


def told(body: Mapping[str, Any]) -> str:
    """The one spelling of a body: what is stored is what was sent, byte for byte."""
    return json.dumps(body, ensure_ascii=False, separators=(", ", ": "))


def respond(status: int, text: str, **headers: str) -> HttpResponse:
    kind = "application/problem+json" if status >= 400 else "application/json"
    return HttpResponse(text, status=status, content_type=kind, headers=headers)


def as_problem(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Every error of every service and of the framework, in one shape."""
    set_rollback()
    for kind, word in WORDED:
        if isinstance(error, kind):
            return word(error)
    return None


def _of_a_room(error: Refusal) -> HttpResponse:
    wait = error.facts.get("retry_after_seconds") or RETRY_AFTER_SECONDS.get(error.code)
    return _say(problem_of(error), **({"Retry-After": str(wait)} if wait else {}))


def _of_the_input(error: exceptions.ValidationError) -> HttpResponse:
    errors = list(_pointed(error.get_full_details(), ""))
    return _say(problem("invalid", "Some fields cannot be read. Nothing was done.", errors=errors))


def _of_the_database(error: OperationalError) -> HttpResponse:
    return _say(
        problem("unavailable", "The store cannot write right now. Nothing was done."), **{"Retry-After": "5"}
    )


def _say(body: Mapping[str, Any], **headers: str) -> HttpResponse:
    return respond(body["status"], told(body), **headers)


def _of_the_framework(error: exceptions.APIException) -> HttpResponse:
    code = DRF_CODES.get(error.get_codes(), error.get_codes())
    headers = {}
    if isinstance(error, exceptions.Throttled) and error.wait:
        headers["Retry-After"] = str(int(error.wait) + 1)
    if isinstance(error, exceptions.NotAuthenticated | exceptions.AuthenticationFailed):
        headers["WWW-Authenticate"] = "Bearer"
    body = problem(code, str(error.detail))
    return respond(error.status_code, told(body), **headers)


def _pointed(details: Any, pointer: str) -> Any:
    """Each wrong field by its JSON pointer."""
    if isinstance(details, dict) and {"message", "code"} == details.keys():
        yield {"pointer": pointer or "/", "code": details["code"], "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _pointed(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(details, list):
        for place, inner in enumerate(details):
            leaf = isinstance(inner, dict) and {"message", "code"} == inner.keys()
            yield from _pointed(inner, pointer if leaf else f"{pointer}/{place}")


# The first kind that fits words the error.
WORDED: tuple[tuple[type[Exception], Callable[[Any], HttpResponse]], ...] = (
    (Refusal, _of_a_room),
    (Http404, lambda _: _say(problem("not_found", "There is nothing here that you may see."))),
    (PermissionDenied, lambda _: _say(problem("permission_denied", "You may not do this."))),
    (exceptions.ValidationError, _of_the_input),
    (exceptions.APIException, _of_the_framework),
    (OperationalError, _of_the_database),
)
