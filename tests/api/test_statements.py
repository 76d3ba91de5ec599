"""How many statements a request takes: one finds the key, one counts it, and the rest is what was asked for.

What an act takes inside its transaction is the room's matter, and counted there.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import takewhile

import pytest

from accounts.models import Publisher, User
from credits.models import Code
from storefront.models import Asset, Bundle
from tests import world
from tests.api.conftest import Machine, Told
from tests.statements import asked_by, stocked, with_its_frame
from tests.world import NOW, buy, give

pytestmark = pytest.mark.django_db(transaction=True)


def asked(machine: Machine, path: str, status: int = 200) -> int:
    texts = asked_by(lambda: answered(machine, path, status))
    assert sum(sql.startswith("INSERT INTO ground_limit") for sql in texts) == 1
    return len(texts)


def answered(machine: Machine, path: str, status: int) -> None:
    assert machine.get(path).status == status


@pytest.mark.parametrize("many", [1, 40])
def test_what_a_customer_reads(
    ada: User, grove: Publisher, adas: Machine, many: int, django_assert_num_queries: object
) -> None:
    bought = []
    for number in range(many):
        one = world.asset(f"a{number}", f"Asset {number}", by=grove, price=5)
        bought.append(buy(ada, one, days_ago=number + 1).number)
        give(ada, 1, days_ago=number, expires_in=number + 1)
    assert {
        path: asked(adas, path)
        for path in ("credits/", "me/", "credits/entries/", "purchases/", f"purchases/{bought[0]}/", "cases/")
    } == {
        "credits/": 3,
        "me/": 5,
        "credits/entries/": 6,
        "purchases/": 4,
        f"purchases/{bought[0]}/": 4,
        "cases/": 3,
    }


def test_what_is_due_is_written_first_and_read_again(
    ada: User, adas: Machine, the_clock: Callable[..., None]
) -> None:
    give(ada, 10, expires_in=1)
    give(ada, 20)
    the_clock(NOW + timedelta(days=1))
    assert adas.get("credits/").body["balance"] == 20
    assert asked(adas, "credits/") == 3


def test_what_everybody_reads(adas: Machine, stranger: Machine, oak: Asset, forest: Bundle) -> None:
    paths = ("assets/", "assets/oak/", "bundles/", "bundles/forest/", "schema/")
    assert [asked(adas, path) for path in paths] == [5, 5, 3, 4, 2]
    assert [asked(stranger, path) for path in paths] == [4, 4, 2, 3, 1]


def test_what_is_turned_away_costs_the_key_and_the_count(adas: Machine, stranger: Machine) -> None:
    assert [
        asked(adas, "nothing/", 404),
        asked(adas, "publisher/refund-requests/", 403),
        asked(adas, "me/?filter=1", 400),
        asked(stranger, "me/", 401),
    ] == [2, 2, 2, 1]


@pytest.mark.parametrize("kind", ["customer", "publisher", "store"])
def test_every_kind_of_key_is_found_in_one_statement(
    ada: User, gil: User, lea: User, grove: Publisher, machine_of: Callable[..., Machine], kind: str
) -> None:
    machine = {
        "customer": lambda: machine_of(ada),
        "publisher": lambda: machine_of(gil, publisher=grove),
        "store": lambda: machine_of(lea, store=True),
    }[kind]()
    assert asked(machine, "nothing/", 404) == 2


@pytest.mark.parametrize("size", [1, 10])
def test_what_comes_before_an_act(ada: User, grove: Publisher, adas: Machine, size: int) -> None:
    """The key, the count, whether this was asked before, and what it is about; then the act begins."""
    parts = [world.asset(f"p{n}", f"Part {n}", by=grove, price=3) for n in range(size)]
    world.bundle("parts", "Parts", by=grove, price=size, holds=parts)
    give(ada, 2 * size)
    buying = {"bundle": "parts", "expected_credits": size}
    assert before(lambda: adas.post("purchases/", buying, key="b")) == 4
    number = adas.get("purchases/").body["results"][0]["invoice"]
    assert before(lambda: adas.post(f"purchases/{number}/refund/", {"expected_credits": size}, key="r")) == 4
    assert before(lambda: adas.post("credits/redeem/", {"code": "NONE"}, key="c")) == 3


def before(act: Callable[[], object]) -> int:
    def until_it_begins() -> Iterator[str]:
        return takewhile(lambda sql: not sql.startswith("BEGIN"), with_its_frame(act))

    return len(list(until_it_begins()))


@pytest.mark.parametrize("lots", [1, 50])
@pytest.mark.parametrize("size", [1, 10, 500])
def test_an_act_keeps_its_budget_whatever_it_moves(
    ada: User, grove: Publisher, adas: Machine, size: int, lots: int, figure: Callable[[str], None]
) -> None:
    bundle, assets = stocked(grove, size, slug="parts", price=2 * size + 50)
    for number in range(lots):
        give(ada, bundle.price * 3 // lots + 1, days_ago=100 - number)
    Code.objects.create(code="HELLO", credits=5, created_at=NOW)

    def ask(method: Callable[..., Told], path: str, *body: object, key: str, status: int) -> int:
        texts = asked_by(lambda: heard.append(method(path, *body, key=key) if body else method(path)))
        assert heard[-1].status == status, heard[-1].body
        return len(texts)

    heard: list[Told] = []
    buying = {"bundle": bundle.slug, "expected_credits": bundle.price}
    taken = {"buy": ask(adas.post, "purchases/", buying, key="b1", status=201)}
    whole = heard[-1].body["invoice"]
    refund = {"expected_credits": bundle.price}
    taken["refund in full"] = ask(adas.post, f"purchases/{whole}/refund/", refund, key="r1", status=201)
    again = {**buying, "allow_duplicate": True}
    part = adas.post("purchases/", again, key="b2").body["invoice"]
    library = f"library/{assets[0].slug}/download/"
    taken["download"] = ask(adas.post, library, {}, key="", status=201)
    quote = f"purchases/{part}/refund-quote/"
    taken["quote"] = ask(adas.get, quote, key="", status=200)
    if size > 1:
        expected = {"expected_credits": bundle.price - 2}
        path = f"purchases/{part}/refund/"
        taken["refund in part"] = ask(adas.post, path, expected, key="r2", status=201)
    taken["redeem"] = ask(adas.post, "credits/redeem/", {"code": "HELLO"}, key="c", status=200)
    taken["balance"] = ask(adas.get, "credits/", key="", status=200)
    figure(f"statements through the API, {size} items and {lots} lots: {taken}")
    assert {name: count for name, count in taken.items() if count > BUDGETS[name]} == {}


BUDGETS = {
    "quote": 5,
    "refund in full": 22,
    "refund in part": 22,
    "buy": 22,
    "download": 14,
    "redeem": 14,
    "balance": 5,
}
