"""What forms of every door need: several files in one field, and a key under which sending twice is acting once."""

import uuid
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from accounts.models import User
from doors.requests import PersonRequest
from ground.doors import Door
from ground.receipts import Asking, digest_of
from ground.refusals import Refusal

Write = Callable[[object], tuple[int, str]]


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

    key = forms.CharField(max_length=255, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", fresh_key())

    def asking(self, request: PersonRequest, *what: str, write: Write, door: str = Door.PAGE) -> Asking[User]:
        """The request that was sent; `what` tells it from any other under the same key."""
        return Asking(
            person=request.user,
            key=self.cleaned_data["key"],
            what=digest_of(*what),
            now=request.now,
            door=door,
            write=write,
        )

    def renew(self) -> None:
        """The same words under a fresh key: what was answered once would be answered the same again."""
        data = cast(QueryDict, self.data).copy()
        data["key"] = fresh_key()
        self.data = data


def fresh_key() -> str:
    return uuid.uuid4().hex


def add_refusal(form: forms.Form, refusal: Refusal) -> None:
    """What a service said, at the field that it is about, or above the form."""
    field = getattr(refusal, "field", None)
    form.add_error(field if field in form.fields else None, str(refusal))
