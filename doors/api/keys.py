"""Idempotency at the machines' door: the key, the digest of the request, and the stored answer given again."""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.utils.datastructures import MultiValueDict

from doors.api.errors import json_of, problem_of, respond
from doors.api.requests import ApiRequest
from doors.kinds import kind_of
from ground.doors import Door
from ground.receipts import Answer, Asking, answer_given, digest_of
from ground.refusals import Refusal

LONGEST = 200
Again = Callable[[ApiRequest, Answer], HttpResponse]
Word = Callable[[Any], tuple[int, Mapping[str, object]]]


class KeyRequired(Refusal):
    code = "idempotency_key_required"
    sentence = (
        "Send an Idempotency-Key header of at most 200 printable characters: with it, asking again is safe. "
        "Nothing was done."
    )


def asking(request: ApiRequest, word: Word, *, needed: bool = True, door: str = Door.API) -> Asking:
    """`word` says an outcome as (status, body). `needed`: whether this route is refused without a key."""
    key = _key_of(request)
    if needed and not key:
        raise KeyRequired
    return Asking(
        person=request.user,
        # Without a key every request is another one.
        key=f"api:{key}" if key else f"api-none:{uuid.uuid4().hex}",
        what=_fingerprint(request),
        now=request.now,
        door=door,
        write=worded(word),
    )


def answered_before(request: ApiRequest, again: Again) -> HttpResponse | None:
    """A request under an answered key is answered from its receipt, before anything else is looked at."""
    key = _key_of(request)
    if not key or not request.user.is_authenticated:
        return None
    answer = answer_given(person_id=request.user.pk, key=f"api:{key}", what=_fingerprint(request))
    return again(request, answer) if answer else None


def _key_of(request: ApiRequest) -> str:
    """Empty where none was sent; what cannot be one is refused."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST or not (key.isascii() and key.isprintable()):
        raise KeyRequired
    return key


def answered_again(_: ApiRequest, answer: Answer) -> HttpResponse:
    return answered(answer)


def _fingerprint(request: ApiRequest) -> str:
    return digest_of(
        request.method or "", request.path, named_customer(request), json_of(_plain(request.data))
    )


def named_customer(request: ApiRequest) -> str:
    """Whom another shop asks for: an address, which is the same person's in any case."""
    return request.headers.get("X-Customer", "").strip().lower()


def worded(word: Word) -> Callable[[object], tuple[int, str]]:
    """Refusals that settle are worded here, the same for every route."""

    def write(outcome: object) -> tuple[int, str]:
        if isinstance(outcome, Refusal):
            return kind_of(outcome.code).status, json_of(problem_of(outcome))
        status, body = word(outcome)
        return status, json_of(body)

    return write


def answered(answer: Answer) -> HttpResponse:
    """Byte for byte what was said the first time; a repeated answer says that it is one."""
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    return respond(answer.status, answer.body, **headers)


def _plain(data: object) -> object:
    """The order of keys is no difference between two requests; uploaded files are told apart by their bytes."""
    if isinstance(data, MultiValueDict):
        return {name: _plain(data.getlist(name)) for name in sorted(data)}
    if isinstance(data, Mapping):
        return {name: _plain(data[name]) for name in sorted(data)}
    if isinstance(data, list):
        return [_plain(each) for each in data]
    if isinstance(data, UploadedFile):
        data.seek(0)
        digest = hashlib.sha256(data.read()).hexdigest()
        data.seek(0)
        return [data.name, digest]
    return data
