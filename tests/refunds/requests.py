"""What people do in a test about a request: ask, answer, decide; and a purchase that nobody confirmed."""

from django.db import connection

from ground import guards
from ground.receipts import Asking
from outbox.models import Message
from refunds import cases
from storefront.models import Purchase
from tests.world import NOW, buy, write_letters

STORY = "I bought this by mistake while I was looking for another one, and I never used it."


def ask(person, purchase, grounds="out_of_window", *, message=STORY, key="k", now=NOW, **more):
    asking = Asking(
        person=person, key=key, what="case", now=now, door="page", write=lambda outcome: (201, str(outcome))
    )
    outcome = cases.open_by_customer(
        asking=asking, purchase=purchase, grounds=grounds, message=message, **more
    ).outcome
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def request(person, publisher, purchase, *, key="r", now=NOW, **more):
    asking = Asking(
        person=person,
        key=key,
        what="request",
        now=now,
        door="page",
        write=lambda outcome: (201, str(outcome)),
    )
    told = {"email": person.email, "subject": "Refund", "description": "Bought twice.", **more}
    outcome = cases.open_publisher_request(
        asking=asking, publisher=publisher, purchase=purchase, **told
    ).outcome
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def yes(case, publisher, person, *, now=NOW):
    return cases.do("authorise", case=case, publisher=publisher, by=person, note="", door="portal", now=now)


def no(case, publisher, person, *, now=NOW):
    return cases.do(
        "decline", case=case, publisher=publisher, by=person, note="It works.", door="portal", now=now
    )


def approve(case, person, credits, *keep, now=NOW, **more):
    slugs = frozenset(asset.slug for asset in keep)
    return cases.do("approve", case=case, by=person, credits=credits, keep=slugs, now=now, **more)


def unconfirmed(purchase):
    """As a shop's own till may record it: twice the same, and nobody ticked "buy again"."""
    guards.lift(connection)
    Purchase.objects.filter(pk=purchase.pk).update(allowed_duplicate=False)
    guards.install(connection)


def letters(to):
    write_letters()
    return list(Message.objects.filter(to=to).order_by("queued_at", "pk").values_list("template", flat=True))


def refunded(ada, sam, gil, grove, asset):
    purchase = buy(ada, asset, days_ago=45)
    case = ask(ada, purchase, key="first")
    yes(case, grove, gil)
    approve(case, sam, asset.price)
    return purchase
