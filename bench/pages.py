"""The pages that are measured, each for somebody who is signed in, and the look-ups of publishers' tools."""

from collections.abc import Iterator
from itertools import cycle, repeat

from django.test import Client

from bench.bars import API, PAGE
from bench.people import VERIFY, Act, get, person, publishers_key
from bench.rounds import Row
from bench.scenes import VERIFIED
from bench.sizes import Size
from bench.storefile import Manifest


def pages(manifest: Manifest) -> list[Row]:
    (reader,) = manifest["reader"]
    customer = signed_in(reader["email"])
    member, agent = signed_in("gil@grove.example"), signed_in("sam@store.example")
    number = reader["purchases"][-1]["invoice"]
    asked = {
        "the shop": (customer, "/"),
        "my purchases": (customer, "/purchases/"),
        "one purchase": (customer, f"/purchases/{number}/"),
        "its refund": (customer, f"/purchases/{number}/refund/"),
        "my credits": (customer, "/credits/"),
        "my library": (customer, "/library/"),
        "the portal's invoices": (member, "/portal/invoices/"),
        "the desk's queue": (agent, "/admin/refunds/case/"),
    }
    return [Row("page", title, PAGE, repeat(get(*where))) for title, where in asked.items()]


def signed_in(email: str) -> Client:
    client = Client()
    client.force_login(person(email))
    return client


def look_ups(manifest: Manifest, size: Size) -> list[Row]:
    """A key for each round, as a key may look up 600 numbers a minute."""
    numbers = [who["purchases"][0]["invoice"] for who in manifest["sold"]]
    return [
        Row("verify", f"verify.json of {count}", API, _looks_up(numbers[:count], size))
        for count in (1, VERIFIED)
    ]


def _looks_up(numbers: list[str], size: Size) -> Iterator[Act]:
    client = Client()
    keys = [publishers_key("gil@grove.example", "grove") for _ in range(1 + size.rounds)]
    for key in cycle(keys):
        for _ in range(max(size.calls, size.warm_up)):
            yield get(client, f"{VERIFY}?key={key}&invoice={','.join(numbers)}")
