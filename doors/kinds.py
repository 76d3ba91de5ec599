"""Which kind of problem a refusal is: the status of the page that shows it, and the problem that a program is told."""

from http import HTTPStatus

from django.conf import settings

from doors.problems import PROBLEMS, Kind
from ground.refusals import Refusal

# Pages have always called these a conflict.
CONFLICTS = {"idempotency_key_reused", "insufficient_credits"}


def kind_of(code: str) -> Kind:
    """A refusal without a row of its own fails a test; whoever meets one before that gets an answer all the same."""
    return PROBLEMS.get(code, PROBLEMS["refused"])


def page_status(refusal: Refusal) -> int:
    """The form of a page comes back to be mended, so what the API calls a bad request is one that can be."""
    status = kind_of(refusal.code).status
    if refusal.code in CONFLICTS:
        return HTTPStatus.CONFLICT
    return HTTPStatus.UNPROCESSABLE_ENTITY if status == HTTPStatus.BAD_REQUEST else status


def problem(code: str, detail: str, **more: object) -> dict[str, object]:
    kind = kind_of(code)
    where = f"{settings.PUBLIC_URL}/api/v1/errors/#{code}"
    return {"type": where, "title": kind.title, "status": kind.status, "code": code, "detail": detail, **more}
