"""What operators ask: are you alive, can you serve, and how is it going."""

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from doors.requests import StoreRequest
from ground import guards, tally
from outbox.models import Message
from refunds.figures import EVERY, figures


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


def ready(request: StoreRequest) -> JsonResponse:
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


def queue_age_seconds(request: StoreRequest) -> float:
    """How long the letter that has been due for longest has been waiting."""
    oldest = (
        Message.objects.filter(sent_at=None, dead_at=None, due_at__lte=request.now).order_by("due_at").first()
    )
    return (request.now - oldest.due_at).total_seconds() if oldest else 0.0


def metrics(request: StoreRequest) -> HttpResponse:
    given = request.headers.get("Authorization", "")
    if settings.METRICS_TOKEN and not hmac.compare_digest(
        given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()
    ):
        return HttpResponse("401 Unauthorized\n", status=401, content_type="text/plain")
    return HttpResponse("".join(_lines(request)), content_type="text/plain; version=0.0.4")


# What each figure is called outside: its name, what it counts, and what its label says.
TOLD = {
    "quotes": ("recredit_quotes_total", "Quotes shown, by outcome.", "outcome"),
    "quote_reasons": ("recredit_quote_reasons_total", "Reasons in quotes that denied.", "reason"),
    "refunds": ("recredit_refunds_total", "Refunds booked, by basis.", "basis"),
    "credits_returned": ("recredit_credits_returned_total", "Credits given back, by basis.", "basis"),
    "denials": ("recredit_refund_denials_total", "Refunds asked for and denied.", ""),
    "denial_reasons": ("recredit_refund_denial_reasons_total", "Reasons in denials.", "reason"),
    "look_ups": ("recredit_look_ups_total", "Invoice numbers looked up, by answer.", "answer"),
}


def _lines(request: StoreRequest) -> Iterator[str]:
    yield from _of_the_queue(request)
    tally.flush()
    found = figures(request.now)
    for what, (name, says, label) in TOLD.items():
        yield f"# HELP {name} {says}\n# TYPE {name} counter\n"
        for of, which in EVERY:
            if of == what:
                yield (
                    f'{name}{{{label}="{which}"}} {found[of, which]}\n'
                    if label
                    else f"{name} {found[of, which]}\n"
                )


def _of_the_queue(request: StoreRequest) -> Iterator[str]:
    waiting = Message.objects.filter(sent_at=None, dead_at=None).count()
    dead = Message.objects.filter(dead_at__isnull=False).count()
    for name, says, value in (
        (
            "recredit_queue_age_seconds",
            "How long the oldest due letter has waited.",
            queue_age_seconds(request),
        ),
        ("recredit_queue_waiting", "Letters that wait to be sent.", waiting),
        ("recredit_queue_dead", "Letters that were given up.", dead),
    ):
        yield f"# HELP {name} {says}\n# TYPE {name} gauge\n{name} {value:.0f}\n"
