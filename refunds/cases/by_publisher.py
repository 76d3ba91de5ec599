"""What a publisher's acts ask of a case, and what they do to it."""

from datetime import datetime

from django.utils.translation import gettext as _

from ground.laws import given
from ground.templatetags.recredit import moment_in
from refunds.cases.act import Doing
from refunds.cases.by_clock import publishers_have_time
from refunds.cases.refusals import AlreadyAnswered, CannotDecide, TooLateToAnswer
from refunds.models import Answer, Case, State


def is_concerned(doing: Doing) -> bool:
    return doing.case.publisher_id == doing.seller.pk or is_asked(doing)


def is_asked(doing: Doing) -> bool:
    return doing.own_answer is not None


def asked_itself(doing: Doing) -> bool:
    """It is the publisher's own request, and the person acts for it today."""
    return (
        doing.case.publisher_id == doing.seller.pk
        and doing.seller.memberships.filter(user=doing.person).exists()
    )


def pending(doing: Doing) -> None:
    """The publisher's open question. Its time counts by the clock, whether or not the job that says so has run."""
    own = _open_question(doing)
    if own.answered_at is not None:
        raise AlreadyAnswered(at=moment_in(own.answered_at))
    if doing.case.state != State.WAITING_FOR_PUBLISHER or doing.now > own.deadline:
        raise TooLateToAnswer(at=moment_in(own.deadline))


def answer(doing: Doing, *, yes: bool) -> None:
    """For the publisher's own items, for good. A no does not veto another publisher's yes."""
    own = _open_question(doing)
    own.authorised, own.answered_at, own.answered_by, own.note = yes, doing.now, doing.by, doing.note
    own.save(update_fields=["authorised", "answered_at", "answered_by", "note"])


def after_an_answer(doing: Doing) -> str:
    """Support's turn comes when every publisher has answered or has let its time pass."""
    case = doing.case
    if not publishers_have_time(case, doing.now):
        return "publisher_silent"
    case.deadline = last_deadline(case)
    case.save(update_fields=["deadline"])
    return ""


def no_help_offered_yet(doing: Doing) -> None:
    offered_at = _open_question(doing).help_offered_at
    if offered_at is not None:
        raise AlreadyAnswered(at=moment_in(offered_at))


def offer_help(doing: Doing) -> None:
    own = _open_question(doing)
    own.help_offered_at, own.help_note = doing.now, doing.note
    own.save(update_fields=["help_offered_at", "help_note"])


def support_is_not_deciding(doing: Doing) -> None:
    if doing.case.state == State.WAITING_FOR_SECOND_AGENT:
        raise CannotDecide(_("Support is deciding this request right now. Nothing was changed."))


def last_deadline(case: Case) -> datetime:
    return max(case.answers.filter(authorised=None).values_list("deadline", flat=True))


def _open_question(doing: Doing) -> Answer:
    return given(doing.own_answer, "who answers was asked")
