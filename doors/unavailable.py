"""What is answered while the database is away, or after it was lost in the middle of an answer: a page, or a problem for
programs. It is drawn without the database, and claims nothing about what has happened.
"""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from doors.problems import PROBLEMS

RETRY_AFTER_SECONDS = 5
DETAIL = "The store cannot reach its database. It may have happened; ask again with the same key."


def unavailable(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/publisher/v1/"):
        response = HttpResponse("503 Service Unavailable\n", content_type="text/plain")
    elif request.path.startswith("/api/"):
        response = HttpResponse(_problem(), content_type="application/problem+json")
    else:
        response = HttpResponse(get_template("503.html").render({"sent": request.method == "POST"}))
    response.status_code = 503
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _problem() -> str:
    kind = PROBLEMS["unavailable"]
    problem = {
        "type": f"{settings.PUBLIC_URL}/api/v1/errors/#unavailable",
        "title": kind.title,
        "status": kind.status,
        "code": "unavailable",
        "detail": DETAIL,
    }
    return json.dumps(problem, ensure_ascii=False)
