"""The letters of a case, to its customer and its publishers. A publisher never reads a customer's name or address."""

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Publisher, PublisherEmail, User
from ground.instants import rfc3339
from outbox.letters import queue_many
from outbox.models import Message
from refunds.models import Case, CaseItem


def write_customer(case: Case, template: str, *, now: datetime, **facts: object) -> None:
    queue_many([_letter(case, template, to=case.customer.email, person=case.customer, now=now, facts=facts)])


def write_publishers(
    case: Case, template: str, publishers: Iterable[Publisher], *, now: datetime, **facts: object
) -> None:
    """To the oldest confirmed business address of each; its own items are named and nobody else's."""
    publishers = list(publishers)
    titles: dict[int, list[str]] = {}
    for line in CaseItem.objects.filter(case=case).select_related("item").order_by("item__position"):
        titles.setdefault(line.item.publisher_id, []).append(line.item.title)
    letters = []
    for publisher, address in addresses(publishers):
        about_items = {**facts, "publisher": publisher.name, "items": titles.get(publisher.pk, [])}
        letters.append(_letter(case, template, to=address, person=None, now=now, facts=about_items))
    queue_many(letters)


def addresses(publishers: Iterable[Publisher]) -> list[tuple[Publisher, str]]:
    by_id = {publisher.pk: publisher for publisher in publishers}
    rows = PublisherEmail.objects.filter(publisher__in=by_id, confirmed_at__isnull=False).order_by("id")
    first: dict[int, str] = {}
    for row in rows:
        first.setdefault(row.publisher_id, row.address)
    return [(by_id[pk], address) for pk, address in first.items()]


def _letter(
    case: Case, template: str, *, to: str, person: User | None, now: datetime, facts: dict[str, object]
) -> Message:
    about_case = {
        "number": case.number,
        "state": case.state,
        "invoice": case.purchase.number if case.purchase else "",
        "title": case.purchase.title if case.purchase else "",
        "grounds": case.grounds,
        "answer_until": rfc3339(case.deadline),
    }
    plain = {key: rfc3339(value) if isinstance(value, datetime) else value for key, value in facts.items()}
    return Message(
        template=template, data={**about_case, **plain}, to=to, person=person, queued_at=now, due_at=now
    )
