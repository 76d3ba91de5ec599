"""What the clock does with open cases, every ten minutes: reminders, silence, and what support has left lying.

Doing it twice does nothing twice: every step is looked at again under the case's lock.
"""

from collections import Counter
from datetime import datetime

from django.db.models import Q

from ground.doors import Door
from ground.refusals import Refusal
from ground.transactions import in_transaction
from outbox.jobs import every
from refunds.cases import clocks
from refunds.cases.act import Act, Doing
from refunds.cases.acts import asserted, carry_out
from refunds.cases.locks import lock_case
from refunds.cases.table import BY_CLOCK
from refunds.models import Answer, Case, State

SUPPORTS = (State.WAITING_FOR_SUPPORT, State.WAITING_FOR_SECOND_AGENT)


@every(minutes=10)
def escalate_cases(now: datetime) -> dict[str, int]:
    """Returns how many of each kind were done."""
    done: Counter[str] = Counter(
        dict.fromkeys(("reminded", "publisher_silent", "customer_silent", "overdue"), 0)
    )
    for case in _concerned(now):
        try:
            done.update(in_transaction(lambda case=case: _escalate(case, now)))  # type: ignore[misc] # bound for this round
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
    fresh, _ = lock_case(case, now=now)
    done: Counter[str] = Counter()
    for act in BY_CLOCK:
        while _do_if_due(act, fresh, now):
            done[act.name] += 1
    return done


def _do_if_due(act: Act, case: Case, now: datetime) -> bool:
    try:
        doing = asserted(Doing(act=act, case=case, door=Door.CLOCK, now=now))
    except Refusal:
        return False
    carry_out(doing)
    return True
