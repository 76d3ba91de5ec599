"""Credits as a machine sees them."""

from collections.abc import Callable
from datetime import datetime, timedelta

from accounts.models import User
from credits.models import Code, WrongCode
from storefront.models import Asset
from tests.api.conftest import Machine
from tests.world import NOW, balance, buy, give


def code(text: str = "WELCOME50", **more: object) -> Code:
    made = Code(code=text, credits=50, created_at=NOW, **more)
    made.save()
    return made


def test_the_balance_and_its_lots_in_the_order_in_which_they_are_spent(adas: Machine, ada: User) -> None:
    paid = give(ada, 100, days_ago=50)
    promo = give(ada, 20, kind="promo", days_ago=10, expires_in=5)
    assert adas.get("credits/").body == {
        "balance": 120,
        "lots": [
            {
                "id": promo.pk,
                "kind": "promo",
                "issued": 20,
                "remaining": 20,
                "expires_at": "2026-11-26T12:00:00Z",
            },
            {"id": paid.pk, "kind": "paid", "issued": 100, "remaining": 100, "expires_at": None},
        ],
    }


def test_what_has_expired_is_not_shown_as_there_even_before_anybody_wrote_it(
    adas: Machine, ada: User, the_clock: Callable[[datetime], None]
) -> None:
    give(ada, 100)
    give(ada, 20, kind="promo", expires_in=5)
    the_clock(NOW + timedelta(days=5))
    assert adas.get("credits/").body["balance"] == 100
    assert adas.get("me/").body["balance"] == 100


def test_the_statement_has_a_line_for_each_lot_touched(adas: Machine, ada: User, fern: Asset) -> None:
    give(ada, 20, kind="promo", days_ago=9)
    give(ada, 20, days_ago=8)
    number = buy(ada, fern, with_credits=False, days_ago=1).number
    lines = adas.get("credits/entries/").body["results"]
    assert lines[0] == {
        "number": 4,
        "at": "2026-11-20T12:00:00Z",
        "kind": "spend",
        "credits": -10,
        "balance_after": 10,
        "invoice": number,
        "memo": "Ferns",
    }
    assert [(line["kind"], line["credits"], line["invoice"]) for line in lines[1:]] == [
        ("spend", -20, number),
        ("grant", 20, None),
        ("grant", 20, None),
    ]


def test_the_statement_takes_only_its_own_filters(adas: Machine) -> None:
    assert adas.get("credits/entries/?wallet=2").status == 400


def test_a_code_is_redeemed_once_per_key(adas: Machine, ada: User) -> None:
    code()
    told = adas.post("credits/redeem/", {"code": "welcome50"}, key="k1")
    assert (told.status, told.body) == (200, {"credits": 50, "balance": 50})
    assert adas.post("credits/redeem/", {"code": "welcome50"}, key="k1").bytes == told.bytes
    assert balance(ada) == 50


def test_a_wrong_code_is_one_neutral_no_and_five_are_a_wait(adas: Machine, ada: User) -> None:
    code("GONE", expires_at=NOW - timedelta(days=1))
    for text, key in (("NOTHING", "a"), ("GONE", "b"), ("NOTHING", "c"), ("NOTHING", "d"), ("NOTHING", "e")):
        told = adas.post("credits/redeem/", {"code": text}, key=key)
        assert (told.status, told.code) == (422, "invalid_code")
    code()
    told = adas.post("credits/redeem/", {"code": "WELCOME50"}, key="f")
    assert (told.status, told.code, told.headers["Retry-After"]) == (429, "too_many_guesses", "600")
    assert (balance(ada), WrongCode.objects.count()) == (0, 5)
    assert adas.post("credits/redeem/", {"code": "NOTHING"}, key="a").headers["Idempotent-Replayed"] == "true"


def test_me(adas: Machine, ada: User) -> None:
    give(ada, 7)
    assert adas.get("me/").body == {
        "email": "ada@example.com",
        "name": "Ada",
        "roles": [],
        "publishers": [],
        "balance": 7,
    }
