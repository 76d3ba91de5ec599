"""What the clock asks of open cases: reminders, silence, and what support has left lying.

Doing it twice does nothing twice: every step is looked at again under the case's lock.
"""

from collections import Counter
from datetime import datetime

from django.db.models import Q

from accounts.durable import durably
from accounts.refusals import Refusal
from outbox.jobs import every
from refunds.cases import clocks, letters
from refunds.cases.answering import settle_answers
from refunds.cases.locking import lock_open_case, move, tell_by_clock
from refunds.models import Answer, Case, State

SUPPORTS = (State.WAITING_FOR_SUPPORT, State.WAITING_FOR_SECOND_AGENT)


@every(minutes=10)
def escalate_cases(now: datetime) -> dict[str, int]:
    """Returns how many of each kind were done."""
    done: Counter[str] = Counter(reminded=0, publisher_silent=0, customer_silent=0, overdue=0)
    for case in _concerned(now):
        try:
            done.update(durably(lambda case=case: _escalate(case, now)))  # type: ignore[misc] # bound for this round
        except Refusal:
            continue  # closed meanwhile, or somebody works on it: the next round looks again
    return dict(done)


def _concerned(now: datetime) -> list[Case]:
    """Each with something due; what exactly is looked at under its lock."""
    first, last = clocks.REMINDED_AFTER
    to_remind = Answer.objects.filter(authorised=None, case__state=State.WAITING_FOR_PUBLISHER).filter(
        Q(reminders=0, asked_at__lte=now - first) | Q(reminders=1, asked_at__lte=now - last)
    )
    due = Q(deadline__lte=now) & (~Q(state__in=SUPPORTS) | Q(with_lead=False))
    return list(
        Case.objects.open().filter(due | Q(pk__in=to_remind.values("case"))).order_by("deadline", "id")
    )


def _escalate(case: Case, now: datetime) -> Counter[str]:
    fresh, _ = lock_open_case(case, now=now)
    done: Counter[str] = Counter()
    if fresh.state == State.WAITING_FOR_PUBLISHER:
        if settle_answers(fresh, now=now):
            done["publisher_silent"] += 1
        else:
            done["reminded"] += _remind(fresh, now)
    overdue = fresh.deadline is not None and fresh.deadline <= now
    if fresh.state == State.WAITING_FOR_CUSTOMER and overdue:
        tell_by_clock(fresh, "customer_silent", now=now)
        move(fresh, State.WAITING_FOR_SUPPORT, now=now)
        done["customer_silent"] += 1
    elif fresh.state in SUPPORTS and overdue and not fresh.with_lead:
        fresh.with_lead = True
        fresh.save(update_fields=["with_lead"])
        tell_by_clock(fresh, "overdue", now=now)
        done["overdue"] += 1
    return done


def _remind(case: Case, now: datetime) -> int:
    """One letter, however late the job comes; a reminder that was missed is not sent after the fact."""
    count = 0
    for answer in case.answers.select_related("publisher").filter(authorised=None):
        due = sum(now >= answer.asked_at + after for after in clocks.REMINDED_AFTER)
        if due > answer.reminders and now <= answer.deadline:
            answer.reminders = due
            answer.save(update_fields=["reminders"])
            tell_by_clock(case, "reminded", publisher=answer.publisher, now=now)
            letters.write_publishers(
                case, "case_publisher_reminded", [answer.publisher], own_until=answer.deadline, now=now
            )
            count += 1
    return count
