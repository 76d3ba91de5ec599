"""The whole store, line by line, as it stands in one snapshot."""

import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

from accounts.models import AuditLine
from credits.proofs import snapshot
from doors.storefile.moments import written
from doors.storefile.moving_out.called import Called, Line, some
from doors.storefile.moving_out.customers import Rows, chunks
from doors.storefile.moving_out.shop import shop_lines
from doors.storefile.moving_out.wallets import customer_lines

# Their own lines bring these back.
TOLD_ELSEWHERE = {"strike", "charge_back"}


def dump(stream: BinaryIO, *, progress: Callable[[int], object] = lambda customers: None) -> int:
    """Writes every line and gives their number; `progress` is told of customers as they are done."""
    count = 0
    with snapshot():
        for line in _lines(progress):
            stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
            count += 1
    return count


def _lines(progress: Callable[[int], object]) -> Iterator[Line]:
    called = Called()
    yield from shop_lines(called)
    for people in chunks():
        called.meet(people)
        rows = Rows(people)
        for person in people:
            yield from customer_lines(person, rows, called)
        called.forget()
        progress(len(people))
    for row in AuditLine.objects.exclude(act__in=TOLD_ELSEWHERE).order_by("at", "pk").iterator():
        yield {
            "type": "audit",
            "by": called.email(row.by_id),
            "act": row.act,
            "subject": row.subject,
            **some(why=row.why),
            "at": written(row.at),
        }
