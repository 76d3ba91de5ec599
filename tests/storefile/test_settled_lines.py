"""Refunds, denials and charge-backs that come in a file, with their evidence or judged as they come."""

import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import AuditLine
from credits.models import Entry, Lot, Wallet
from doors.storefile.loading import Options, load
from refunds.models import Case, ChargeBack, CreditNote, Denial, Refund
from storefront.models import Purchase, PurchaseItem, Series
from tests.storefile.emptying import dumped, empty_the_store
from tests.storefile.lines import (
    NOW,
    SHOP,
    Line,
    case,
    download,
    grant,
    is_sound,
    load_lines,
    purchase,
    refund,
    why_lines_refused,
)

pytestmark = pytest.mark.django_db
BOUGHT = (*SHOP, grant(), purchase())
HERE = len(BOUGHT) + 1


def test_a_partial_refund_keeps_what_was_downloaded() -> None:
    load_lines(*BOUGHT, download("oak"), refund(20))

    settled = Refund.objects.get()
    assert (settled.credits, settled.full, settled.door) == (20, False, "file")
    assert list(PurchaseItem.objects.values_list("asset__slug", "kept_share", "revoked_at")) == [
        ("oak", 40, None),
        ("fern", 0, datetime(2026, 11, 5, 10, tzinfo=UTC)),
        ("bark", 0, datetime(2026, 11, 5, 10, tzinfo=UTC)),
    ]
    assert Wallet.objects.get(customer__email="ada@example.com").balance == 460
    assert CreditNote.objects.get().number == "CN010000000001"
    assert json.loads(settled.decision)["restores"] == [
        {"lot": Lot.objects.get().pk, "kind": "paid", "credits": 20, "expires_at": None}
    ]
    assert is_sound()


def test_a_refund_looks_at_what_was_downloaded_by_then() -> None:
    """The bark came after the refund; the oak had been kept before."""
    later = download("oak", at="2026-11-09T00:00:00Z")
    load_lines(*BOUGHT, download("oak"), refund(20), later)

    assert len(json.loads(Refund.objects.get().facts)["items"][0]["downloads"]) == 1
    assert is_sound()


def test_an_expired_lot_is_reborn_as_the_rule_has_it() -> None:
    load_lines(*SHOP, grant(expires_at="2026-11-02T09:30:00Z", kind="promo"), purchase(), refund(60))

    old, new = Lot.objects.order_by("pk")
    assert (new.kind, new.issued, new.reborn_from.lot) == ("promo", 60, old)
    assert new.expires_at == datetime(2026, 11, 6, 10, tzinfo=UTC)
    assert list(Entry.objects.order_by("number").values_list("kind", "credits")) == [
        ("grant", 500),
        ("spend", -60),
        ("restore", 60),
        ("expire", -440),
        ("expire", -60),
    ]
    assert is_sound()


def test_restores_say_into_which_lots_credits_came_back() -> None:
    restores = [{"grant": "g1", "credits": 60, "ref": "g2", "expires_at": "2027-01-01T00:00:00Z"}]
    again = purchase("p2", 60, at="2026-11-06T00:00:00Z", draws=[{"grant": "g2", "credits": 60}])
    load_lines(
        *SHOP, grant(expires_at="2026-11-02T09:30:00Z"), purchase(), refund(60, restores=restores), again
    )
    assert list(Lot.objects.order_by("pk").values_list("issued", "remaining")) == [(500, 0), (60, 0)]
    assert is_sound()


@pytest.mark.parametrize(
    ("restores", "reason"),
    [
        ([{"grant": "g1", "credits": 59}], "has restores that do not add up to its 60 credits"),
        ([{"grant": "g1", "credits": 61}], "restores more to the grant “g1” than was drawn from it"),
        ([{"grant": "g0", "credits": 60}], "restores to the grant “g0”, which the purchase did not draw on"),
        (
            [{"grant": "g1", "credits": 30}, {"grant": "g1", "credits": 30}],
            "restores to the same grant twice",
        ),
        ([{"grant": "g1", "credits": 60, "ref": "g0"}], "repeats the ref “g0” with other content"),
    ],
)
def test_restores_that_cannot_be(restores: list[Line], reason: str) -> None:
    other = grant("g0", 5, at="2026-11-03T00:00:00Z")
    assert why_lines_refused(*BOUGHT, other, refund(60, restores=restores)) == [f"line {HERE + 1}: {reason}"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"kept": ["moss"]}, "names “moss”, which is no item of this purchase"),
        ({"kept": ["oak"], "revoked": ["oak"]}, "says neither kept nor revoked of an item, or both"),
        (
            {"facts": {"owner": "ada@example.com"}},
            "has “facts” that cannot be read: they are written by a dump, never by hand",
        ),
        (
            {"decision": {"credits": 1}},
            "has “decision” that cannot be read: they are written by a dump, never by hand",
        ),
        ({"case": "C00000001"}, "names the case C00000001, and no line above it is about it"),
    ],
)
def test_refunds_that_cannot_be(more: dict[str, Any], reason: str) -> None:
    assert why_lines_refused(*BOUGHT, refund(60, **more)) == [f"line {HERE}: {reason}"]


def test_facts_of_another_purchase_are_no_evidence() -> None:
    load_lines(*BOUGHT, refund(60))
    told = next(line for line in map(json.loads, dumped().splitlines()) if line["type"] == "refund")
    stolen = {"facts": told["facts"], "decision": told["decision"]}

    other = (*SHOP, grant("h", at="2026-10-03T00:00:00Z"), purchase("p1", at="2026-11-02T09:30:00Z"))
    reasons = why_lines_refused(
        *other, refund(60, decision=stolen["decision"] | {"restores": []}, facts=stolen["facts"])
    )

    assert reasons == [f"line {len(other) + 1}: has the facts of another purchase"]


def test_a_denial_is_kept_with_what_the_policy_says() -> None:
    load_lines(
        *BOUGHT,
        download("oak"),
        download("fern"),
        {"type": "denial", "purchase": "p1", "at": "2026-11-06T00:00:00Z"},
    )

    denial = Denial.objects.get()
    assert [reason["code"] for reason in json.loads(denial.decision)["reasons"]] == ["bundle_over_limit"]
    bought = Purchase.objects.get()
    assert (bought.asked_at, bought.asked_count, bought.asked_price) == (
        datetime(2026, 11, 6, tzinfo=UTC),
        2,
        70,
    )
    assert is_sound()


def test_the_last_time_somebody_asked_is_the_latest_and_not_the_lowest_line() -> None:
    load_lines(
        *BOUGHT,
        download("oak"),
        download("fern", at="2026-11-03T10:00:00Z"),
        download("bark", at="2026-11-07T10:00:00Z"),
        {"type": "denial", "purchase": "p1", "at": "2026-11-08T00:00:00Z"},
        {"type": "denial", "purchase": "p1", "at": "2026-11-06T00:00:00Z"},
    )

    bought = Purchase.objects.get()
    assert (bought.asked_at, bought.asked_count) == (datetime(2026, 11, 8, tzinfo=UTC), 3)


def test_a_denial_of_what_the_policy_grants_is_refused() -> None:
    denial = {"type": "denial", "purchase": "p1", "at": "2026-11-06T00:00:00Z"}
    assert why_lines_refused(*BOUGHT, denial) == [f"line {HERE}: denies what the policy grants"]


def test_a_charge_back_revokes_everything_and_moves_nothing() -> None:
    taken = {
        "type": "charge_back",
        "purchase": "p1",
        "at": "2026-11-08T00:00:00Z",
        "why": "The bank took it back",
    }
    load_lines(*BOUGHT, case(), {**taken, "by": "sam@store.example"})

    bought = Purchase.objects.get()
    assert (bought.status, bought.revoked_at) == ("charged_back", datetime(2026, 11, 8, tzinfo=UTC))
    assert ChargeBack.objects.get().why == "The bank took it back"
    assert Wallet.objects.get(customer__email="ada@example.com").balance == 440
    assert Case.objects.get().state == "closed_by_refund"
    assert AuditLine.objects.get().subject == bought.number


def test_a_purchase_is_charged_back_once() -> None:
    taken = {
        "type": "charge_back",
        "purchase": "p1",
        "at": "2026-11-08T00:00:00Z",
        "why": "The bank took it back",
    }
    assert why_lines_refused(*BOUGHT, taken, taken) == [
        f"line {HERE + 1}: charges back a purchase that is charged_back"
    ]


CHARGED_BACK = (*SHOP, grant(), purchase(status="charged_back"))


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ((), datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        ((download("oak"),), datetime(2026, 11, 2, 10, tzinfo=UTC)),
        (
            (download("bark", at="2026-11-09T08:00:00Z"), download("oak")),
            datetime(2026, 11, 9, 8, tzinfo=UTC),
        ),
        ((download("oak"), case("answered")), datetime(2026, 11, 10, 8, tzinfo=UTC)),
    ],
)
def test_a_status_alone_says_that_it_was_charged_back_some_time(told: tuple[Line, ...], at: datetime) -> None:
    """Downloads after the purchase are as true as ever: the instant is the last that is told of it."""
    load_lines(*CHARGED_BACK, *told)

    bought = Purchase.objects.get()
    handed = [line for line in told if line["type"] == "download"]
    assert (bought.status, bought.revoked_at, bought.downloaded_count) == ("charged_back", at, len(handed))
    assert ChargeBack.objects.get().at == at
    assert Wallet.objects.get(customer__email="ada@example.com").balance == 440
    assert is_sound()


def test_a_charge_back_of_an_unknown_day_moves_unchanged() -> None:
    load_lines(*CHARGED_BACK, download("oak", at="2026-11-09T08:00:00Z"))
    moved = dumped()
    empty_the_store()
    load(io.BytesIO(moved), options=Options(now=NOW))

    assert dumped() == moved
    assert ChargeBack.objects.get().at == datetime(2026, 11, 9, 8, tzinfo=UTC)


def test_credit_notes_follow_their_own_series() -> None:
    load_lines(
        *BOUGHT, refund(60, credit_note="CN010000000004"), purchase("p2"), {**refund(60), "purchase": "p2"}
    )
    assert sorted(CreditNote.objects.values_list("number", flat=True)) == ["CN010000000004", "CN010000000005"]
    assert Series.objects.get(prefix="CN").last == 5
