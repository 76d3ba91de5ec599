"""What operators ask: are you alive, can you serve, and how is it going."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from accounts import guards
from outbox.models import Message


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """Each part by name, so that whoever is woken up by it knows where to look."""
    try:
        parts = {
            "migrations": not MigrationExecutor(connection).migration_plan(
                MigrationExecutor(connection).loader.graph.leaf_nodes()
            ),
            "triggers": not guards.missing(connection),
            "queue": queue_age_seconds(request) <= settings.QUEUE_AGE_LIMIT_SECONDS,
        }
    except DatabaseError:
        return JsonResponse({"ready": False, "database": False}, status=503)
    ok = all(parts.values())
    return JsonResponse({"ready": ok, "database": True, **parts}, status=200 if ok else 503)


def queue_age_seconds(request: HttpRequest) -> float:
    """How long the letter that has been due for longest has been waiting."""
    oldest = (
        Message.objects.filter(sent_at=None, dead_at=None, due_at__lte=request.now).order_by("due_at").first()
    )  # type: ignore[attr-defined]
    return (request.now - oldest.due_at).total_seconds() if oldest else 0.0  # type: ignore[attr-defined]


def metrics(request: HttpRequest) -> HttpResponse:
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN and not hmac.compare_digest(
        given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()
    ):
        return HttpResponse("401 Unauthorized\n", status=401, content_type="text/plain")
    return HttpResponse("".join(_lines(request)), content_type="text/plain; version=0.0.4")


def _lines(request: HttpRequest) -> Iterator[str]:
    yield "# HELP recredit_queue_age_seconds How long the oldest due letter has waited.\n"
    yield "# TYPE recredit_queue_age_seconds gauge\n"
    yield f"recredit_queue_age_seconds {queue_age_seconds(request):.0f}\n"
