"""What happens to a case by itself: silence, reminders, and publishers that are asked.

Doing it twice does nothing twice: every step is looked at again under the case's lock.
"""

from datetime import datetime

from refunds.cases import clocks
from refunds.cases.act import Doing
from refunds.cases.locks import state_words
from refunds.cases.refusals import NotYourTurn
from refunds.models import Answer, Case


def publishers_have_time(case: Case, now: datetime) -> bool:
    return case.answers.filter(authorised=None, deadline__gte=now).exists()


def no_publisher_has_time(doing: Doing) -> None:
    _hold(doing, not publishers_have_time(doing.case, doing.now))


def note_the_silent(doing: Doing) -> None:
    silent = doing.case.answers.select_related("publisher").filter(authorised=None)
    doing.about = [answer.publisher for answer in silent]


def somebody_to_remind(doing: Doing) -> None:
    _hold(doing, _to_remind(doing) is not None)


def remind(doing: Doing) -> None:
    """One letter, however late the job comes; a reminder that was missed is not sent after the fact."""
    answer = _to_remind(doing)
    if answer is not None:
        answer.reminders = _reminders_due(answer, doing.now)
        answer.save(update_fields=["reminders"])
        doing.publisher, doing.about = answer.publisher, [answer.publisher]


def time_is_over(doing: Doing) -> None:
    _hold(doing, doing.case.deadline is not None and doing.case.deadline <= doing.now)


def not_with_a_lead(doing: Doing) -> None:
    _hold(doing, not doing.case.with_lead)


def give_to_leads(doing: Doing) -> None:
    doing.case.with_lead = True
    doing.case.save(update_fields=["with_lead"])


def ask(doing: Doing) -> None:
    """Each gets two weeks of its own, and is asked again when an earlier question went unanswered."""
    question = {"asked_at": doing.now, "deadline": doing.now + clocks.PUBLISHER_HAS, "reminders": 0}
    for publisher in doing.about or ():
        Answer.objects.update_or_create(case=doing.case, publisher=publisher, defaults=question)


def _to_remind(doing: Doing) -> Answer | None:
    waiting = doing.case.answers.select_related("publisher").filter(authorised=None, deadline__gte=doing.now)
    return next((one for one in waiting if _reminders_due(one, doing.now) > one.reminders), None)


def _reminders_due(answer: Answer, now: datetime) -> int:
    return sum(now >= answer.asked_at + after for after in clocks.REMINDED_AFTER)


def _hold(doing: Doing, holds: bool) -> None:
    if not holds:
        raise NotYourTurn(state=state_words(doing.case))
