"""Letters that were sent are kept for a while, for whoever asks whether one went out, and then forgotten."""

from datetime import datetime, timedelta

from outbox.jobs import every
from outbox.models import Message

KEPT = timedelta(days=90)
AT_ONCE = 5_000


@every(hours=24)
def forget_letters(now: datetime) -> int:
    count = 0
    while old := list(Message.objects.filter(sent_at__lt=now - KEPT).values_list("pk", flat=True)[:AT_ONCE]):
        count += Message.objects.filter(pk__in=old).delete()[0]
    return count
