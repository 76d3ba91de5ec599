"""The same key twice at once, through HTTP: one effect, one answer. The guard has a twin without it, which sees the harm."""

import threading
from collections.abc import Callable

import pytest

from accounts.keys import make_key
from accounts.models import User
from credits.models import Lot
from ground import receipts
from ground.models import Receipt
from refunds.models import Refund
from storefront.models import Asset, Purchase
from tests.api.conftest import Machine, Told
from tests.races.together import claim_of_its_own, together
from tests.world import NOW, balance, buy, give

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 10


@pytest.fixture(autouse=True)
def noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.middleware.timezone.now", lambda: NOW)


@pytest.fixture
def key(ada: User) -> str:
    return make_key(owner=ada, now=NOW)[1]


def at_once(count: int, key: str, act: Callable[[Machine, int], Told]) -> list[Told]:
    """Each on a connection and a client of its own."""
    said = together(*[lambda place=place: act(Machine(key, NOW), place) for place in range(count)])
    assert all(isinstance(one, Told) for one in said), said
    return said  # type: ignore[return-value] # looked at just above


def test_one_key_sent_eight_times_refunds_once_and_says_one_thing(
    ada: User, fern: Asset, key: str, figure: Callable[[str], None]
) -> None:
    for round_ in range(ROUNDS):
        number, before = buy(ada, fern, again=True).number, balance(ada)
        path = f"purchases/{number}/refund/"
        said = at_once(
            8, key, lambda machine, _: machine.post(path, {"expected_credits": 30}, key=f"k{round_}")
        )
        assert {(one.status, one.bytes) for one in said} == {(201, said[0].bytes)}
        assert sum("Idempotent-Replayed" in one.headers for one in said) == 7
        assert (Refund.objects.filter(purchase__number=number).count(), balance(ada)) == (1, before + 30)
    figure(f"same key over HTTP: {ROUNDS} rounds x 8 threads, one refund each, identical bytes")


def test_two_keys_refund_once_and_the_loser_hears_why(ada: User, fern: Asset, key: str) -> None:
    number = buy(ada, fern).number
    path = f"purchases/{number}/refund/"
    said = at_once(
        2, key, lambda machine, place: machine.post(path, {"expected_credits": 30}, key=f"k{place}")
    )
    assert sorted(one.status for one in said) == [201, 422]
    denied = next(one for one in said if one.status == 422)
    assert [reason["code"] for reason in denied.body["decision"]["reasons"]] == ["already_refunded"]
    assert (Refund.objects.count(), balance(ada)) == (1, 30)


def test_the_same_key_on_two_routes_lets_one_of_them_through(ada: User, fern: Asset, key: str) -> None:
    give(ada, 60)
    number = buy(ada, fern, with_credits=False).number

    def act(machine: Machine, place: int) -> Told:
        if place:
            return machine.post(f"purchases/{number}/refund/", {"expected_credits": 30}, key="k")
        body = {"asset": "fern", "expected_credits": 30, "allow_duplicate": True}
        return machine.post("purchases/", body, key="k")

    said = at_once(2, key, act)
    assert sorted(one.status for one in said) == [201, 422]
    assert next(one for one in said if one.status == 422).code == "idempotency_key_reused"


def buy_at_once(key: str) -> list[Told]:
    body = {"asset": "fern", "expected_credits": 30, "allow_duplicate": True}
    return at_once(2, key, lambda machine, _: machine.post("purchases/", body, key="k"))


def test_one_key_buys_once(ada: User, fern: Asset, key: str) -> None:
    give(ada, 90)
    said = buy_at_once(key)
    assert said[0].bytes == said[1].bytes
    assert (Purchase.objects.count(), balance(ada)) == (1, 60)


def test_without_the_receipt_one_key_would_buy_twice(
    ada: User, fern: Asset, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "_claim", claim_of_its_own)
    give(ada, 90)
    buy_at_once(key)
    assert (Purchase.objects.count(), balance(ada)) == (2, 30)


def test_a_twin_still_running_and_a_lock_not_had_are_told_apart(
    ada: User, fern: Asset, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first holds its receipt and the wallet for longer than anybody waits."""
    number = buy(ada, fern).number
    path, body = f"purchases/{number}/refund/", {"expected_credits": 30}
    holding, go_on = threading.Event(), threading.Event()
    from refunds import services

    gather = services.gather

    def slowly(*args: object, **more: object) -> object:
        if not holding.is_set():
            holding.set()
            go_on.wait(20)
        return gather(*args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(services, "gather", slowly)

    def act(machine: Machine, place: int) -> Told:
        if place == 0:
            return machine.post(path, body, key="first")
        assert holding.wait(10)
        return machine.post(path, body, key="first" if place == 1 else "second")

    threading.Timer(5, go_on.set).start()
    first, twin, other = at_once(3, key, act)
    assert (first.status, twin.status, other.status) == (201, 409, 409)
    assert (twin.code, other.code) == ("in_progress", "busy")
    assert {twin.headers["Retry-After"], other.headers["Retry-After"]} == {"1"}
    assert Receipt.objects.count() == 1
    assert Machine(key, NOW).post(path, body, key="first").bytes == first.bytes
    assert Refund.objects.count() == 1


def test_one_line_of_a_shop_sent_twice_at_once_is_recorded_once(lea: User, ada: User) -> None:
    secret = make_key(owner=lea, store=True, now=NOW)[1]
    line = {"ref": "g1", "user": ada.email, "credits": 50, "kind": "paid", "at": "2026-11-20T10:00:00Z"}
    said = at_once(6, secret, lambda machine, _: machine.post("store/grants/", line))
    assert {(one.status, one.bytes) for one in said} == {(201, said[0].bytes)}
    assert (Lot.objects.filter(wallet=ada.pk).count(), balance(ada)) == (1, 50)


def test_one_new_customer_registered_twice_at_once_under_two_keys_is_one_person(lea: User) -> None:
    keys = [make_key(owner=lea, store=True, now=NOW)[1] for _ in range(2)]
    said = together(
        *[
            lambda secret=secret: Machine(secret, NOW).post("store/users/", {"email": "nia@example.com"})
            for secret in keys
        ]
    )
    assert all(isinstance(one, Told) and one.status in {200, 201, 409} for one in said), said
    assert User.objects.filter(email="nia@example.com").count() == 1
