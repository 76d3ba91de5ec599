"""How this door shows that a service refused: in the form that was sent, or above the page that comes next."""

from types import TracebackType
from typing import Self

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from doors.forms import add_refusal
from doors.kinds import page_status
from ground.refusals import Refusal


class ShownRefusals:
    """Around an act that ends by returning its page: whatever stands below runs only if the act was refused."""

    refusal: Refusal | None = None

    def __init__(self, request: HttpRequest, form: forms.Form | None = None) -> None:
        self.request, self.form = request, form

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Refusal):
            return False
        self.refusal = error
        if self.form is None:
            messages.error(self.request, str(error))
        else:
            add_refusal(self.form, error)
        return True

    @property
    def status(self) -> int:
        return page_status(self.refusal) if self.refusal else 200

    @property
    def headers(self) -> dict[str, str]:
        """When to ask again, where the refusal says so."""
        seconds = self.refusal.facts.get("seconds") if self.refusal else None
        return {} if seconds is None else {"Retry-After": str(seconds)}
