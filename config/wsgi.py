"""What gunicorn serves: the store, with room for so many requests at once.

Gunicorn has more threads than the store lets in, so that whoever only asks whether it is alive is answered at once,
however many wait for a lock or for the database. Whoever waits too long for room hears that too.
"""

import io
import os
from collections.abc import Callable, Iterable
from threading import BoundedSemaphore
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
store = get_wsgi_application()
# Gunicorn looks at no check by itself; a wrong setting is said here, at start, and not to whoever asks first.
call_command("check", stdout=io.StringIO())

from doors.unavailable import unavailable  # noqa: E402 - it needs the store's settings

AT_ONCE = 8
WAIT_SECONDS = 1.5  # with the wait for a connection after it, less than five seconds
room = BoundedSemaphore(AT_ONCE)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ.get("PATH_INFO") == "/healthz":
        return store(environ, start_response)
    if not room.acquire(timeout=WAIT_SECONDS):
        response = unavailable(WSGIRequest(environ))
        start_response(f"503 {response.reason_phrase}", list(response.items()))
        return [response.content]
    try:
        return store(environ, start_response)
    finally:
        room.release()
