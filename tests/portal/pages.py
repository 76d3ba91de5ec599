"""What tests of the portal's pages share: a browser for a person, and a world that stands on the true clock."""

import html
import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from ground.receipts import Asking
from refunds import cases
from refunds.models import Case
from tests import world

NOW = timezone.now()  # The pages read the true clock.


def buy(customer, thing, *, days_ago=0, **more):
    return world.buy(customer, thing, now=NOW, days_ago=days_ago, **more)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def text(response):
    """What a reader reads: without tags, with single spaces."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def errors(response, form="form"):
    """The sentences that the form was given back with; each of them stands on the page."""
    sentences = [error for found in response.context[form].errors.values() for error in found]
    said = text(response)
    assert all(sentence in said for sentence in sentences), said
    return sentences


def ask_support(customer, purchase, *, days_ago=0, grounds="defective", **more) -> Case:
    asking = Asking(
        person=customer,
        key=f"case {purchase.number}",
        what="",
        now=NOW - timedelta(days=days_ago),
        door="page",
        write=lambda outcome: (303, "/"),
    )
    return cases.open_by_customer(
        asking=asking,
        purchase=purchase,
        grounds=grounds,
        message="The leaves flicker in the distance, in both of the versions that I tried.",
        **more,
    ).outcome
