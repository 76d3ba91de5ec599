"""The letters so far, for whoever develops or tries the store; only DEBUG has these pages."""

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template import TemplateDoesNotExist
from django.views.decorators.clickjacking import xframe_options_sameorigin

from doors.requests import StoreRequest
from outbox.models import Message
from outbox.rendering import render as rendered

AT_ONCE = 100


def letters(request: StoreRequest) -> HttpResponse:
    messages = Message.objects.letters().order_by("-queued_at", "-pk")[:AT_ONCE]
    shown = [(message, _subject(message)) for message in messages]
    return render(request, "shop/letters.html", {"letters": shown})


def letter(request: StoreRequest, pk: str) -> HttpResponse:
    message = get_object_or_404(Message.objects.letters(), pk=pk)
    return render(request, "shop/letter.html", {"message": message, "letter": rendered(message)})


@xframe_options_sameorigin
@csp_replace(  # type: ignore[arg-type] # Its type knows only views that take nothing but the request.
    {
        "default-src": [NONE],
        "style-src": [UNSAFE_INLINE],
        "img-src": ["data:"],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups"],
    }
)
def letter_html(request: StoreRequest, pk: str) -> HttpResponse:
    """A letter brings its own styles, so it is shown in a frame that may do nothing else."""
    return HttpResponse(rendered(get_object_or_404(Message.objects.letters(), pk=pk)).html)


def _subject(message: Message) -> str:
    try:
        return rendered(message).subject
    except TemplateDoesNotExist:
        return f"{message.template}: this letter has no words"
