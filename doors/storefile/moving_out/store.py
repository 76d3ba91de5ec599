"""The whole store, line by line, as it stands in one snapshot."""

import json
from collections.abc import Callable, Iterator
from typing import BinaryIO

from accounts.models import AuditLine
from doors.storefile.moving_out.customers import Rows, chunks
from doors.storefile.moving_out.references import References, without_empty
from doors.storefile.moving_out.shop import shop_lines
from doors.storefile.moving_out.wallets import customer_lines
from doors.storefile.reading import Line
from ground.instants import rfc3339
from ground.transactions import snapshot

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
    refs = References()
    yield from shop_lines(refs)
    for people in chunks():
        refs.meet(people)
        rows = Rows(people)
        for person in people:
            yield from customer_lines(person, rows, refs)
        refs.forget()
        progress(len(people))
    for row in AuditLine.objects.exclude(act__in=TOLD_ELSEWHERE).order_by("at", "pk").iterator():
        yield {
            "type": "audit",
            "by": refs.email(row.by_id),
            "act": row.act,
            "subject": row.subject,
            **without_empty(why=row.why),
            "at": rfc3339(row.at),
        }
