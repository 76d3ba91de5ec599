"""Idempotency at the machines' door: the key, the digest of the request, and the stored answer given again."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.durable import Answer, Asking, digest_of
from accounts.refusals import Refusal
from doors.api.errors import problem_of, respond, told

LONGEST = 200


class KeyRequired(Refusal):
    code = "idempotency_key_required"
    sentence = "Send an Idempotency-Key header of at most 200 characters: with it, asking again is safe. Nothing was done."


def asking(
    request: Request, word: Callable[[Any], tuple[int, Mapping[str, Any]]], *, needed: bool = True
) -> Asking:
    """`word` says an outcome as (status, body); refusals that settle are worded here, the same for every route."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > LONGEST or (needed and not key.strip()):
        raise KeyRequired

    def write(outcome: object) -> tuple[int, str]:
        if isinstance(outcome, Refusal):
            body = problem_of(outcome)
            return body["status"], told(body)
        status, body = word(outcome)
        return status, told(body)

    return Asking(
        person=request.user,
        key=f"api:{key}" if key else f"api-none:{uuid.uuid4().hex}",
        what=digest_of(request.method or "", request.path, told(_plain(request.data))),
        now=request.now,
        door="api",
        write=write,
    )


def answered(answer: Answer) -> HttpResponse:
    """Byte for byte what was said the first time; a repeated answer says that it is one."""
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    return respond(answer.status, answer.body, **headers)


def _plain(data: Any) -> Any:
    """Order of keys is no difference between two requests; uploaded files are told apart by their bytes."""
    if isinstance(data, Mapping):
        return {name: _plain(data[name]) for name in sorted(data)}
    if isinstance(data, list):
        return [_plain(each) for each in data]
    if hasattr(data, "read"):
        data.seek(0)
        digest = hashlib.sha256(data.read()).hexdigest()
        data.seek(0)
        return digest
    return data
