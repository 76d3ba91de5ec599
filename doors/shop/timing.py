"""Forms at which anybody may type anybody's address answer in the same time, whether it is known or not."""

import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from doors.room import waiting_outside

FORMS = frozenset({"account_signup", "account_reset_password"})


class EvenAnswers:
    """Lets no answer of these forms leave before a fixed time after the request came. Known and new addresses queue other
    letters and write other rows, sessions among them; so this stands outside of whatever does."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Not by the clock on the wall, which may step.
        not_before = time.monotonic() + settings.EVEN_ANSWER_SECONDS
        response = self.respond(request)
        place = request.resolver_match
        if request.method == "POST" and place is not None and place.url_name in FORMS:
            with waiting_outside():
                time.sleep(max(0, not_before - time.monotonic()))
        return response
