"""Buying and looking at purchases, as a machine does."""

from datetime import timedelta

import pytest

from accounts.models import User
from ground.models import Receipt
from storefront.models import Asset, Bundle, Purchase
from tests.api.conftest import Machine
from tests.world import NOW, balance, buy, give


def test_ada_buys_a_bundle_and_is_told_all_of_it(adas: Machine, ada: User, forest: Bundle) -> None:
    give(ada, 100)
    told = adas.post("purchases/", {"bundle": "forest", "expected_credits": 80}, key="k1")
    assert told.status == 201
    assert told.kind == "application/json"
    assert told.body == {
        "invoice": "IN010000000001",
        "status": "completed",
        "kind": "bundle",
        "title": "Forest",
        "credits_spent": 80,
        "completed_at": "2026-11-21T12:00:00Z",
        "refundable_until": "2026-12-21T12:00:00Z",
        "items": [
            item("oak", "Oak trees", 40, 31),
            item("fern", "Ferns", 30, 23),
            item("moss", "Moss", 20, 15),
            item("bark", "Bark", 15, 11),
        ],
        "refund": None,
    }
    assert balance(ada) == 20
    assert adas.get("purchases/IN010000000001/").body == told.body
    assert adas.get("purchases/").body == {"next": None, "previous": None, "results": [told.body]}


def item(asset: str, title: str, original_price: int, share: int) -> dict[str, object]:
    return {
        "asset": asset,
        "title": title,
        "publisher": "grove",
        "original_price": original_price,
        "share": share,
        "downloaded": False,
        "revoked": False,
    }


def test_the_same_key_buys_once_and_answers_the_same_bytes(adas: Machine, ada: User, fern: Asset) -> None:
    give(ada, 100)
    first = adas.post("purchases/", {"asset": "fern", "expected_credits": 30}, key="k1")
    again = adas.post("purchases/", {"expected_credits": 30, "asset": "fern"}, key="k1")
    assert (again.status, again.bytes) == (first.status, first.bytes)
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (Purchase.objects.count(), balance(ada)) == (1, 70)


def test_the_same_key_for_another_body_or_another_route_is_refused(
    adas: Machine, ada: User, fern: Asset
) -> None:
    give(ada, 100)
    adas.post("purchases/", {"asset": "fern", "expected_credits": 30}, key="k1")
    for told in (
        adas.post("purchases/", {"asset": "fern", "expected_credits": 31}, key="k1"),
        adas.post("credits/redeem/", {"code": "WELCOME"}, key="k1"),
    ):
        assert (told.status, told.code) == (422, "idempotency_key_reused")
        assert told.kind == "application/problem+json"
    assert (Purchase.objects.count(), balance(ada)) == (1, 70)


def test_another_persons_equal_key_is_simply_another_key(
    adas: Machine, bens: Machine, ada: User, ben: User, fern: Asset
) -> None:
    give(ada, 30)
    give(ben, 30)
    mine = adas.post("purchases/", {"asset": "fern", "expected_credits": 30}, key="k1")
    theirs = bens.post("purchases/", {"asset": "fern", "expected_credits": 30}, key="k1")
    assert (mine.status, theirs.status) == (201, 201)
    assert mine.body["invoice"] != theirs.body["invoice"]


def test_no_key_no_purchase(adas: Machine, ada: User, fern: Asset) -> None:
    give(ada, 30)
    for key in ("", " ", "x" * 201, "tab\there"):
        told = adas.post("purchases/", {"asset": "fern", "expected_credits": 30}, Idempotency_Key=key)
        assert (told.status, told.code) == (400, "idempotency_key_required")
    assert (Purchase.objects.count(), Receipt.objects.count()) == (0, 0)


def test_a_changed_price_is_told_and_stays_the_answer_of_its_key(
    adas: Machine, ada: User, fern: Asset
) -> None:
    give(ada, 100)
    told = adas.post("purchases/", {"asset": "fern", "expected_credits": 25}, key="k1")
    assert (told.status, told.code, told.body["credits"]) == (409, "price_changed", 30)
    Asset.objects.filter(pk=fern.pk).update(price=25)
    again = adas.post("purchases/", {"asset": "fern", "expected_credits": 25}, key="k1")
    assert (again.bytes, again.headers["Idempotent-Replayed"]) == (told.bytes, "true")
    assert Purchase.objects.count() == 0


def test_what_is_owned_is_bought_again_only_on_purpose(adas: Machine, ada: User, fern: Asset) -> None:
    buy(ada, fern, days_ago=3)
    give(ada, 30)
    told = adas.post("purchases/", {"asset": "fern", "expected_credits": 30}, key="k1")
    assert (told.status, told.code) == (409, "already_owned")
    body = {"asset": "fern", "expected_credits": 30, "allow_duplicate": True}
    assert adas.post("purchases/", body, key="k2").status == 201
    assert Purchase.objects.filter(allowed_duplicate=True).count() == 1


def test_too_few_credits_are_told_with_both_figures(adas: Machine, ada: User, fern: Asset) -> None:
    give(ada, 10)
    told = adas.post("purchases/", {"asset": "fern", "expected_credits": 30}, key="k1")
    assert told.status == 402
    assert told.body == {
        "type": "http://127.0.0.1:8000/api/v1/errors/#insufficient_credits",
        "title": "Not enough credits",
        "status": 402,
        "code": "insufficient_credits",
        "detail": "This costs 30 credits and you have 10. Nothing was bought; get more credits and try again.",
        "credits": 30,
        "balance": 10,
    }


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/expected_credits"}),
        ({"expected_credits": 30}, {""}),
        ({"asset": "fern", "bundle": "forest", "expected_credits": 30}, {""}),
        ({"asset": "fern", "expected_credits": "30"}, {"/expected_credits"}),
        ({"asset": "fern", "expected_credits": 30.0}, {"/expected_credits"}),
        ({"asset": "fern", "expected_credits": True}, {"/expected_credits"}),
        ({"asset": "fern", "expected_credits": -1}, {"/expected_credits"}),
        ({"asset": "fern", "expected_credits": 2**53}, {"/expected_credits"}),
        ({"asset": "fern", "expected_credits": 2**63}, {"/expected_credits"}),
        ({"asset": "fern", "expected_credits": None}, {"/expected_credits"}),
        ({"asset": 7, "expected_credits": 30}, {"/asset"}),
        ({"asset": "fern", "expected_credits": 30, "allow_duplicate": "true"}, {"/allow_duplicate"}),
        ({"asset": "fern", "expected_credits": 30, "status": "completed"}, {"/status"}),
        ({"asset": "fern", "expected_credits": 30, "customer": 1, "a/b": 1}, {"/customer", "/a~1b"}),
        ([], {""}),
        ("fern", {""}),
        (None, {"/expected_credits"}),
    ],
)
def test_a_body_that_says_something_else_is_refused_by_its_pointer(
    adas: Machine, ada: User, fern: Asset, body: object, pointers: set[str]
) -> None:
    give(ada, 100)
    told = adas.post("purchases/", body, key="k1")
    assert (told.status, told.code) == (400, "invalid")
    assert {error["pointer"] for error in told.body["errors"]} == pointers
    assert (Purchase.objects.count(), Receipt.objects.count()) == (0, 0)


def test_history_is_filtered_by_what_is_allowed_and_by_nothing_else(
    adas: Machine, ada: User, fern: Asset, moss: Asset, forest: Bundle
) -> None:
    old, new = buy(ada, fern, days_ago=10), buy(ada, forest, days_ago=2)

    def found(query: str) -> list[str]:
        told = adas.get(f"purchases/?{query}")
        assert told.status == 200, told.body
        return [one["invoice"] for one in told.body["results"]]

    assert found("") == [new.number, old.number]
    assert found("asset=fern") == [new.number, old.number]
    assert found("asset=moss") == [new.number]
    assert found("bundle=forest") == [new.number]
    assert found("status=refunded") == []
    assert found("completed_after=2026-11-15T00:00:00Z") == [new.number]
    assert found("completed_before=2026-11-15T00:00:00Z") == [old.number]
    for query in (
        "customer=2",
        "customer__password__startswith=a",
        "items__asset__slug=fern",
        "ordering=-credits_spent",
        "status=lost",
        "status=completed&status=refunded",
        "completed_after=2026-11-15",
        "completed_after=2026-11-15T00:00:00",
        "completed_after=0000-00-00T00:00:00Z",
        "completed_after=0001-01-01T00:00:00%2B14:00",
        "completed_before=9999-12-31T23:59:59-14:00",
        "asset=%00",
        "page_size=0",
        "page_size=201",
        "page_size=x",
        "cursor=nonsense",
        "cursor=cD1hYmM%3D",
        "cursor=cD0lMDA%3D",
        "format=api",
    ):
        told = adas.get(f"purchases/?{query}")
        assert (told.status, told.code) == (400, "invalid"), query


@pytest.mark.sqlite
def test_a_cursor_at_a_time_that_this_database_cannot_read_is_a_400(adas: Machine) -> None:
    told = adas.get(
        "purchases/?cursor=cD0wMDAxLTAxLTAxVDAwOjAwOjAwJTJCMTQ6MDA%3D"
    )  # 0001-01-01T00:00:00+14:00
    assert (told.status, told.body["errors"][0]["code"]) == (400, "invalid_cursor")


def test_history_is_paged_by_cursor_and_stays_right_while_it_grows(
    adas: Machine, ada: User, fern: Asset
) -> None:
    made = [buy(ada, fern, days_ago=days, again=True).number for days in (5, 4, 3)]
    first = adas.get("purchases/?page_size=2").body
    assert [one["invoice"] for one in first["results"]] == [made[2], made[1]]
    assert first["previous"] is None
    buy(ada, fern, again=True)
    second = adas.get(first["next"]).body
    assert [one["invoice"] for one in second["results"]] == [made[0]]
    assert second["next"] is None
    back = adas.get(second["previous"]).body
    assert [one["invoice"] for one in back["results"]] == [made[2], made[1]]


def test_a_page_of_history_takes_the_same_statements_for_one_purchase_and_for_fifty(
    adas: Machine, ada: User, fern: Asset, django_assert_max_num_queries: object
) -> None:
    for days in range(12):
        buy(ada, fern, days_ago=days, again=True)
    adas.get("purchases/")
    with django_assert_max_num_queries(7):  # type: ignore[operator] # the key, and the limit's cache is not in the way
        assert len(adas.get("purchases/").body["results"]) == 12


def test_bens_purchases_never_were(adas: Machine, ben: User, fern: Asset) -> None:
    number = buy(ben, fern).number
    for path in ("", "invoice.pdf", "credit-note.pdf", "refund-quote/"):
        theirs = adas.get(f"purchases/{number}/{path}")
        nobodys = adas.get(f"purchases/IN019999999999/{path}")
        assert (theirs.status, theirs.bytes) == (404, nobodys.bytes)
    assert adas.post(f"purchases/{number}/refund/", {"expected_credits": 30}, key="k1").status == 404
    assert adas.get("purchases/").body["results"] == []


def test_the_documents_are_the_same_bytes_each_time(adas: Machine, ada: User, fern: Asset) -> None:
    number = buy(ada, fern).number
    assert adas.get(f"purchases/{number}/credit-note.pdf").status == 404
    adas.post(f"purchases/{number}/refund/", {"expected_credits": 30}, key="k1")
    for name in ("invoice.pdf", "credit-note.pdf"):
        told = adas.get(f"purchases/{number}/{name}")
        assert (told.status, told.kind, told.bytes[:5]) == (200, "application/pdf", b"%PDF-")
        assert adas.get(f"purchases/{number}/{name}").bytes == told.bytes


def test_the_deadline_is_read_in_utc_whatever_zone_its_reader_lives_in(
    adas: Machine, ada: User, fern: Asset
) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="Asia/Tokyo")
    number = buy(ada, fern).number
    adas.client.force_login(ada)
    adas.key = None
    told = adas.get(f"purchases/{number}/").body
    assert told["completed_at"] == "2026-11-21T12:00:00Z"
    assert NOW + timedelta(days=30) == NOW.replace(month=12)
