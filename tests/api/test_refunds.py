"""Quotes and refunds, as a machine asks for them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.models import User
from ground.models import Receipt
from refunds.models import Denial, Refund
from storefront.models import Asset, Bundle
from tests.api.conftest import Machine
from tests.world import NOW, balance, buy, fetch


def test_a_quote_says_what_the_page_says(adas: Machine, ada: User, forest: Bundle, oak: Asset) -> None:
    bought = buy(ada, forest, days_ago=12, downloaded=[oak])
    lot = ada.wallet.lots.get()
    told = adas.get(f"purchases/{bought.number}/refund-quote/")
    assert told.status == 200
    fetched = [{"at": "2026-11-09T12:00:00Z", "cause": "direct", "via": None, "struck": False}]
    assert told.body == {
        "eligible": True,
        "credits": 40,
        "credits_spent": 80,
        "reasons": [],
        "items": [
            judged("oak", "Oak trees", 40, fetched, "kept"),
            judged("fern", "Ferns", 30, [], "revoked"),
            judged("moss", "Moss", 20, [], "revoked"),
            judged("bark", "Bark", 15, [], "revoked"),
        ],
        "deductions": [{"asset": "oak", "credits": 40}],
        "restores": [{"lot": lot.pk, "kind": "paid", "credits": 40, "expires_at": None}],
        "refundable_until": "2026-12-09T12:00:00Z",
        "decided_at": "2026-11-21T12:00:00Z",
        "terms": {"version": "standard", "window_days": 30, "bundle_percent": 50},
    }
    assert (Refund.objects.count(), Denial.objects.count()) == (0, 0)


def judged(
    asset: str, title: str, original_price: int, downloads: list[object], after_refund: str
) -> dict[str, object]:
    return {
        "asset": asset,
        "title": title,
        "original_price": original_price,
        "downloaded": bool(downloads),
        "downloads": downloads,
        "after_refund": after_refund,
    }


def test_a_refund_says_what_was_booked_and_keeps_the_decision(
    adas: Machine, ada: User, forest: Bundle, oak: Asset
) -> None:
    bought = buy(ada, forest, days_ago=12, downloaded=[oak])
    quoted = adas.get(f"purchases/{bought.number}/refund-quote/").body
    told = adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 40}, key="k1")
    assert told.status == 201
    assert told.body == {
        "refund": {
            "credit_note": "CN010000000001",
            "credits": 40,
            "basis": "policy",
            "refunded_at": "2026-11-21T12:00:00Z",
            "decision": quoted,
        },
        "balance": 40,
    }
    after = adas.get(f"purchases/{bought.number}/").body
    assert (after["status"], after["refund"]) == ("refunded", told.body["refund"])
    assert [item["revoked"] for item in after["items"]] == [False, True, True, True]
    assert Refund.objects.get().door == "api"


def test_the_same_key_gives_the_same_bytes_also_long_after(
    adas: Machine, ada: User, fern: Asset, the_clock: Callable[[datetime], None]
) -> None:
    bought = buy(ada, fern)
    path, body = f"purchases/{bought.number}/refund/", {"expected_credits": 30}
    first = adas.post(path, body, key="k1")
    the_clock(NOW + timedelta(days=40))
    again = adas.post(path, body, key="k1")
    assert (again.status, again.bytes) == (201, first.bytes)
    assert (first.headers.get("Idempotent-Replayed"), again.headers["Idempotent-Replayed"]) == (None, "true")
    assert (Refund.objects.count(), balance(ada)) == (1, 30)


def test_another_key_is_told_that_it_was_refunded(adas: Machine, ada: User, fern: Asset) -> None:
    bought = buy(ada, fern)
    path, body = f"purchases/{bought.number}/refund/", {"expected_credits": 30}
    adas.post(path, body, key="k1")
    told = adas.post(path, body, key="k2")
    assert (told.status, told.code) == (422, "refund_denied")
    assert [reason["code"] for reason in told.body["decision"]["reasons"]] == ["already_refunded"]
    assert (Refund.objects.count(), balance(ada)) == (1, 30)


def test_a_denial_carries_every_reason_and_is_kept_under_its_key(
    adas: Machine, ada: User, fern: Asset
) -> None:
    bought = buy(ada, fern, days_ago=45, downloaded=[fern])
    told = adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 0}, key="k1")
    assert (told.status, told.kind) == (422, "application/problem+json")
    assert list(told.body) == ["type", "title", "status", "code", "detail", "decision"]
    decision = told.body["decision"]
    assert (decision["eligible"], decision["credits"], decision["restores"]) == (False, 0, [])
    assert [reason["code"] for reason in decision["reasons"]] == ["window_closed", "asset_downloaded"]
    assert adas.get(f"purchases/{bought.number}/refund-quote/").body == decision
    again = adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 0}, key="k1")
    assert again.bytes == told.bytes
    assert Denial.objects.count() == 1


def test_a_quote_that_changed_books_nothing_and_shows_the_new_one(
    adas: Machine, ada: User, forest: Bundle, fern: Asset
) -> None:
    bought = buy(ada, forest)
    fetch(ada, fern)
    told = adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 80}, key="k1")
    assert (told.status, told.code) == (409, "quote_changed")
    assert told.body["decision"]["credits"] == 50
    assert told.body["decision"] == adas.get(f"purchases/{bought.number}/refund-quote/").body
    assert Refund.objects.count() == 0
    again = adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 80}, key="k1")
    assert (again.bytes, again.headers["Idempotent-Replayed"]) == (told.bytes, "true")
    assert adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 50}, key="k2").status == 201


def test_nothing_is_given_up_for_nothing_by_mistake(
    adas: Machine, ada: User, forest: Bundle, oak: Asset, fern: Asset
) -> None:
    Bundle.objects.filter(pk=forest.pk).update(price=60)
    forest.refresh_from_db()
    bought = buy(ada, forest, downloaded=[oak, fern])
    path = f"purchases/{bought.number}/refund/"
    assert adas.post(path, {}, key="k1").status == 400
    assert adas.post(path, {"expected_credits": 20}, key="k2").code == "quote_changed"
    told = adas.post(path, {"expected_credits": 0}, key="k3")
    assert (told.status, told.body["refund"]["credits"], told.body["balance"]) == (201, 0, 0)


def test_what_settles_nothing_is_not_kept(adas: Machine, bens: Machine, ada: User, fern: Asset) -> None:
    """400, 401, 403, 404 and 429 leave the key as fresh as it was."""
    bought = buy(ada, fern)
    path = f"purchases/{bought.number}/refund/"
    assert adas.post(path, {"expected_credits": "30"}, key="k1").status == 400
    assert bens.post(path, {"expected_credits": 30}, key="k1").status == 404
    good, adas.key = adas.key, "rc0000000000_wrong"
    assert adas.post(path, {"expected_credits": 30}, key="k1").status == 401
    assert Receipt.objects.count() == 0
    adas.key = good
    assert adas.post(path, {"expected_credits": 30}, key="k1").status == 201
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("code", ["in_progress", "busy"])
def test_a_twin_and_a_lock_not_had_are_told_apart_and_neither_is_kept(
    adas: Machine, ada: User, fern: Asset, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ground.refusals import Busy, InProgress

    def never(*_: object, **__: object) -> None:
        raise {"busy": Busy, "in_progress": InProgress}[code]

    bought = buy(ada, fern)
    with monkeypatch.context() as patch:
        patch.setattr("refunds.services.open_books", never)
        told = adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 30}, key="k1")
    assert (told.status, told.code, told.headers["Retry-After"]) == (409, code, "1")
    assert (Receipt.objects.count(), Refund.objects.count()) == (0, 0)
    assert adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": 30}, key="k1").status == 201
