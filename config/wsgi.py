"""What gunicorn serves: the store, with room for so many requests at once.

Gunicorn has more threads than the store lets in, so that whoever only asks whether it is alive is answered at once,
however many wait for a lock or for the database. Whoever waits too long for room hears that too.
"""

import io
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
store = get_wsgi_application()
# Gunicorn looks at no check by itself; a wrong setting is said here, at start, and not to whoever asks first.
call_command("check", stdout=io.StringIO())

from doors import room  # noqa: E402 - it needs the store's settings
from doors.unavailable import unavailable  # noqa: E402 - the same


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    if environ.get("PATH_INFO") == "/healthz":
        return store(environ, start_response)
    with room.place() as found:
        if found:
            return store(environ, start_response)
    response = unavailable(WSGIRequest(environ))
    start_response(f"503 {response.reason_phrase}", list(response.items()))
    return [response.content]
