"""What forms of every door need: several files in one field, and a key under which sending twice is acting once."""

import hashlib
import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from accounts.models import User
from doors.requests import PersonRequest
from ground.doors import Door
from ground.receipts import Asking, answer_given, digest_of
from ground.refusals import Refusal

Write = Callable[[object], tuple[int, str]]
P = ParamSpec("P")
R = TypeVar("R", bound=PersonRequest)
KEYS = {"key", "csrfmiddlewaretoken"}
LONGEST_KEY = 255


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files; what is too many or too large is said by the service."""

    widget = ManyFiles

    def clean(self, data: object, initial: object = None) -> list[UploadedFile]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in sent]


class KeyedForm(forms.Form):
    """A form that carries the key of its request."""

    key = forms.CharField(max_length=LONGEST_KEY, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", fresh_key())

    def asking(self, request: PersonRequest, *, write: Write, door: str = Door.PAGE) -> Asking[User]:
        return Asking(
            person=request.user,
            key=self.cleaned_data["key"],
            what=fingerprint(request),
            now=request.now,
            door=door,
            write=write,
        )

    def renew(self) -> None:
        """The same words under a fresh key: what was answered once would be answered the same again."""
        data = cast(QueryDict, self.data).copy()
        data["key"] = fresh_key()
        self.data = data


class KeyOptionalForm(KeyedForm):
    """Programs may leave the key out; each of their requests then counts as a new one."""

    key = forms.CharField(max_length=LONGEST_KEY, required=False, widget=forms.HiddenInput)

    def clean_key(self) -> str:
        key: str = self.cleaned_data["key"]
        return key or fresh_key()


def answered_once(
    view: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """A form that is sent again leads to where it led, before anything else is looked at: what it was about may have
    changed since, for that very reason."""

    @wraps(view)
    def answering(request: R, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        key = request.POST.get("key", "")
        if 0 < len(key) <= LONGEST_KEY and "\0" not in key:  # no other text is a key
            answer = answer_given(person_id=request.user.pk, key=key, what=fingerprint(request))
            if answer and answer.status == HTTPStatus.SEE_OTHER:
                return redirect(answer.body)
        return view(request, *args, **kwargs)

    return answering


def fingerprint(request: HttpRequest) -> str:
    """Tells a form that was sent from any other: where it was sent, and all that was in it but its keys."""
    fields = [(name, value) for name, values in request.POST.lists() if name not in KEYS for value in values]
    files = [(name, _digest(file)) for name, sent in request.FILES.lists() for file in sent]
    return digest_of(request.path, *(part for pair in sorted(fields) + sorted(files) for part in pair))


def _digest(file: UploadedFile) -> str:
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return digest


def fresh_key() -> str:
    return uuid.uuid4().hex


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """What a service said, at the field that it is about, or above the form."""
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, str(refusal))
