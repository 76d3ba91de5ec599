"""What is answered while the database is away, or after it was lost in the middle of an answer: a page, or a problem for
programs. It is drawn without the database, and claims nothing about what has happened.
"""

import json

from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from doors.kinds import problem
from ground.transactions import OutcomeUnknown

# What the database raises while it is away, full or read-only.
AWAY = (OperationalError, InterfaceError, InternalError, OutcomeUnknown)
RETRY_AFTER_SECONDS = 5
DETAIL = "The store cannot reach its database. It may have happened; ask again with the same key."


def unavailable(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/publisher/v1/"):
        response = HttpResponse("503 Service Unavailable\n", content_type="text/plain")
    elif request.path.startswith("/api/"):
        response = HttpResponse(
            json.dumps(problem("unavailable", DETAIL)), content_type="application/problem+json"
        )
    else:
        response = HttpResponse(get_template("503.html").render({"sent": request.method == "POST"}))
    response.status_code = 503
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
