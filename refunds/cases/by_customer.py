"""What the customer's acts ask of a case, and what they do to it."""

from django.db.models import QuerySet

from ground.templatetags.recredit import moment_in
from refunds.cases import clocks
from refunds.cases.act import Doing
from refunds.cases.by_publisher import last_deadline
from refunds.cases.locks import state_words
from refunds.cases.refusals import AlreadyAnswered, NotYourTurn
from refunds.models import Answer, Case, State


def is_theirs(doing: Doing) -> bool:
    return doing.case.customer_id == doing.by_id


def not_answered_yet(doing: Doing) -> None:
    """One answer to a publisher's request."""
    case = doing.case
    if case.state != State.WAITING_FOR_CUSTOMER and case.customer_agreed is not None:
        raise AlreadyAnswered(at=moment_in(case.state_since))


def say_whose(doing: Doing, *, mine: bool) -> None:
    doing.case.customer_agreed = mine


def offers_of_help(case: Case) -> "QuerySet[Answer]":
    """Those that the customer has not answered, of publishers that have not answered either."""
    return case.answers.select_related("publisher").filter(
        help_offered_at__isnull=False, help_accepted=None, authorised=None
    )


def help_is_offered(doing: Doing) -> None:
    if not offers_of_help(doing.case).exists():
        raise NotYourTurn(state=state_words(doing.case))


def answer_help(doing: Doing, *, accepted: bool) -> None:
    """A yes gives each publisher that offered help seven more days."""
    case, offered = doing.case, list(offers_of_help(doing.case))
    for answer in offered:
        answer.help_accepted = accepted
        if accepted:
            answer.deadline += clocks.HELP_ADDS
        answer.save(update_fields=["help_accepted", "deadline"])
    doing.about = [answer.publisher for answer in offered]
    case.deadline = last_deadline(case)
    case.save(update_fields=["deadline"])
