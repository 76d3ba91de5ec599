"""What a store file says is what the store then holds."""

from datetime import UTC, datetime

import pytest

from accounts.models import AuditLine, Membership, Publisher, User
from credits.models import Code, Entry, Lot, Wallet
from outbox.models import Message
from refunds.services import quote
from storefront.documents import document_pdf
from storefront.models import (
    Asset,
    AssetFile,
    Bundle,
    Download,
    Invoice,
    Purchase,
    PurchaseItem,
    Series,
)
from tests.storefile.lines import (
    ADA,
    BARK,
    FOREST,
    GROVE,
    OAK,
    SHOP,
    download,
    grant,
    load_lines,
    purchase,
)
from tests.world import NOW

pytestmark = pytest.mark.django_db
STRIKE = {
    "type": "strike",
    "download": "d1",
    "by": "sam@store.example",
    "why": "Broke off",
    "at": "2026-11-03T00:00:00Z",
}


def test_the_example_of_the_format_is_a_store() -> None:
    loaded = load_lines(*SHOP, grant(), purchase(invoice="IN990000000001"), download())

    bought = Purchase.objects.get()
    assert (bought.number, bought.title, bought.credits_spent) == ("IN990000000001", "Forest", 60)
    assert (bought.status, bought.items_count, bought.terms.version) == ("completed", 3, "2025-08")
    assert bought.completed_at == datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
    assert list(bought.items.values_list("asset__slug", "original_price", "share")) == [
        ("oak", 40, 28),
        ("fern", 30, 21),
        ("bark", 15, 11),
    ]
    assert (bought.downloaded_count, bought.downloaded_price) == (1, 15)
    assert Wallet.objects.get(customer__email="ada@example.com").balance == 440
    assert loaded.lines == len(SHOP) + 3


def test_what_was_loaded_is_judged_like_what_was_sold() -> None:
    load_lines(*SHOP, grant(), purchase(), download())
    bought = Purchase.objects.get()

    decision = quote(purchase=bought, requester=bought.customer, now=NOW).decision

    assert (decision.eligible, decision.credits) == (True, 45)
    assert [(part.kind, part.credits) for part in decision.restores] == [("paid", 45)]


def test_nobody_is_written_to_about_what_happened_long_ago() -> None:
    load_lines(
        *SHOP,
        grant(),
        purchase(),
        {"type": "refund", "purchase": "p1", "credits": 60, "basis": "policy", "at": "2026-11-03T00:00:00Z"},
    )
    assert not Message.objects.exists()


def test_a_missing_invoice_number_is_the_next_one_and_a_given_one_moves_the_series() -> None:
    load_lines(
        *SHOP,
        grant(),
        purchase("p1"),
        purchase("p2", invoice="IN010000000007"),
        purchase("p3"),
        purchase("p4", invoice="IN990000000009"),
    )
    assert list(Purchase.objects.order_by("pk").values_list("number", flat=True)) == [
        "IN010000000001",
        "IN010000000007",
        "IN010000000008",
        "IN990000000009",
    ]
    assert Series.objects.get(prefix="IN").last == 8


def test_the_catalogue_counts_as_it_stands_at_the_line() -> None:
    dearer = {**OAK, "title": "Oaks", "price": 50}
    smaller = {**FOREST, "assets": ["oak", "bark"]}
    load_lines(*SHOP, grant(), purchase("p1"), dearer, smaller, purchase("p2"))

    first, second = Purchase.objects.order_by("pk")
    assert list(first.items.values_list("title", "original_price")) == [
        ("Oak trees", 40),
        ("Ferns", 30),
        ("Bark", 15),
    ]
    assert list(second.items.values_list("title", "original_price")) == [("Oaks", 50), ("Bark", 15)]
    assert Asset.objects.get(slug="oak").price == 50
    assert list(Asset.objects.get(slug="oak").requires.values_list("slug", flat=True)) == ["bark"]


def test_a_bundle_in_a_bundle_is_opened_and_names_each_asset_once() -> None:
    valley = {**FOREST, "slug": "valley", "title": "Valley", "assets": ["fern", "forest"]}
    load_lines(*SHOP, valley, grant(), purchase(bundle="valley"))

    assert list(PurchaseItem.objects.values_list("asset__slug", flat=True)) == ["fern", "oak", "bark"]
    assert Bundle.objects.get(slug="valley").parts.count() == 2


def test_items_may_be_told_as_they_were_when_bought() -> None:
    items = [
        {"asset": "oak", "original_price": 35, "title": "Old oaks", "share": 50},
        {"asset": "bark", "original_price": 5, "share": 10},
    ]
    load_lines(*SHOP, grant(), purchase(items=items, title="Old forest"))

    assert Purchase.objects.get().title == "Old forest"
    assert list(PurchaseItem.objects.values_list("title", "original_price", "share")) == [
        ("Old oaks", 35, 50),
        ("Bark", 5, 10),
    ]


def test_credits_are_drawn_in_spending_order_from_what_was_there_at_the_time() -> None:
    load_lines(
        *SHOP,
        grant("paid", 100),
        grant("late", 100, at="2026-11-02T00:00:00Z"),
        grant("gone", 100, kind="promo", expires_at="2026-10-20T00:00:00Z"),
        grant("promo", 20, kind="promo"),
        grant("soon", 30, expires_at="2026-12-24T00:00:00Z"),
        purchase(credits=60),
    )
    # The expired one was written off after the last line; nothing was spent of it or of what came later.
    assert list(Lot.objects.order_by("pk").values_list("issued", "remaining")) == [
        (100, 90),
        (100, 100),
        (100, 0),
        (20, 0),
        (30, 0),
    ]
    assert list(
        Entry.objects.order_by("number").values_list("kind", "credits").filter(kind__in=["spend", "expire"])
    ) == [
        ("spend", -30),
        ("spend", -20),
        ("spend", -10),
        ("expire", -100),
    ]


def test_draws_say_which_credits_paid() -> None:
    draws = [{"grant": "g2", "credits": 50}, {"grant": "g1", "credits": 10}]
    load_lines(*SHOP, grant("g1", 100), grant("g2", 100), purchase(draws=draws))

    assert list(Lot.objects.order_by("pk").values_list("remaining", flat=True)) == [90, 50]


def test_pending_and_charged_back_purchases_were_paid_and_cancelled_ones_were_not() -> None:
    load_lines(
        *SHOP,
        grant(),
        purchase("p1", status="pending"),
        purchase("p2", status="charged_back"),
        purchase("p3", credits=0, status="cancelled"),
    )
    assert [
        (each.status, each.completed_at is None, each.revoked_at is None)
        for each in Purchase.objects.order_by("pk")
    ] == [
        ("pending", True, True),
        ("charged_back", False, False),
        ("cancelled", True, True),
    ]
    assert Wallet.objects.get(customer__email="ada@example.com").balance == 380
    assert list(Invoice.objects.order_by("pk").values_list("purchase__status", flat=True)) == [
        "charged_back",
        "cancelled",
    ]
    assert b"%PDF" in document_pdf("IN010000000003")[:8]


def test_a_purchase_without_a_download_log_says_so() -> None:
    load_lines(*SHOP, grant(), purchase(download_log=False))
    bought = Purchase.objects.get()

    decision = quote(purchase=bought, requester=bought.customer, now=NOW).decision

    assert [reason.code for reason in decision.reasons] == ["evidence_missing"]


def test_a_download_is_of_the_purchase_that_its_line_names() -> None:
    """The rulebook would have picked the older one."""
    load_lines(
        *SHOP,
        grant(),
        purchase("p0", at="2026-10-20T00:00:00Z"),
        purchase("p1"),
        download("oak"),
        download("bark", cause="dependency", via="oak"),
    )
    first, second = Purchase.objects.order_by("pk")
    assert (first.downloaded_count, second.downloaded_count, second.downloaded_price) == (0, 2, 55)
    assert list(
        Download.objects.order_by("pk").values_list("cause", "via__slug", "version", "file__name")
    ) == [
        ("direct", None, "1.0", "oak.zip"),
        ("dependency", "oak", "1.0", "bark.zip"),
    ]


def test_a_struck_download_does_not_count_and_stays_to_be_seen() -> None:
    load_lines(*SHOP, grant(), purchase(), download("oak", ref="d1"), download("bark"), STRIKE)

    bought = Purchase.objects.get()
    assert (bought.downloaded_count, bought.downloaded_price) == (1, 15)
    assert bought.items.get(asset__slug="oak").first_downloaded_at is None
    struck = Download.objects.get(asset__slug="oak")
    assert (struck.struck_by.email, struck.struck_why) == ("sam@store.example", "Broke off")
    assert AuditLine.objects.get().why == "Oak trees: Broke off"


def test_codes_and_their_redemptions_are_lots() -> None:
    code = {"type": "code", "code": "WELCOME50", "credits": 50, "kind": "promo", "uses": 1000, "lot_days": 30}
    redeemed = {
        "type": "redemption",
        "user": "ada@example.com",
        "code": "WELCOME50",
        "at": "2026-11-10T00:00:00Z",
    }
    load_lines(*SHOP, code, redeemed)

    lot = Lot.objects.get()
    assert (lot.kind, lot.issued, lot.expires_at) == ("promo", 50, datetime(2026, 12, 10, tzinfo=UTC))
    assert lot.redemption.code == Code.objects.get()
    assert Entry.objects.get().memo == "Code WELCOME50"


def test_people_get_their_roles_publishers_and_wallets() -> None:
    gil = {
        "type": "user",
        "email": "Gil@grove.example",
        "publishers": ["grove"],
        "time_zone": "Europe/London",
    }
    load_lines(*SHOP, gil)

    assert User.objects.get(email="sam@store.example").is_agent
    assert Membership.objects.get().role == "owner"
    assert User.objects.get(email="gil@grove.example").time_zone == "Europe/London"
    assert Wallet.objects.count() == User.objects.count() == 4
    assert not User.objects.get(email="ada@example.com").has_usable_password()
    assert Publisher.objects.get().emails.get().confirmed_at is not None


def test_passwords_are_read_only_where_that_was_asked_for() -> None:
    load_lines({**ADA, "password": "calm ledger of ada"}, allow_passwords=True)
    assert User.objects.get().check_password("calm ledger of ada")


def test_an_asset_has_its_files_or_one_placeholder() -> None:
    files = [{"name": "oak.zip"}, {"name": "oak-4k.zip", "version": "2", "quality": "4K", "bytes": 9}]
    load_lines(GROVE, BARK, {**OAK, "files": files})

    assert list(AssetFile.objects.filter(asset__slug="bark").values_list("name", "version")) == [
        ("bark.zip", "1.0")
    ]
    assert AssetFile.objects.filter(asset__slug="oak").count() == 2


def test_what_is_due_has_expired_when_the_load_is_over() -> None:
    load_lines(*SHOP, grant(expires_at="2026-11-20T00:00:00Z"))
    assert list(Entry.objects.order_by("number").values_list("kind", "credits", "at")) == [
        ("grant", 500, datetime(2026, 10, 1, tzinfo=UTC)),
        ("expire", -500, NOW),
    ]


def test_an_expiry_may_be_told_when_it_was_written() -> None:
    gone = {"type": "expiry", "grant": "g1", "credits": 500, "at": "2026-10-20T04:00:00Z"}
    load_lines(*SHOP, grant(expires_at="2026-10-20T00:00:00Z"), gone)
    assert Entry.objects.get(kind="expire").at == datetime(2026, 10, 20, 4, tzinfo=UTC)


def test_rows_written_early_learn_what_later_lines_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded: purchases are written before the file ends, and changed once at its end."""
    monkeypatch.setattr("doors.storefile.writing.HELD_BACK", 1)
    load_lines(
        *SHOP,
        grant(),
        purchase("p1"),
        purchase("p2"),
        purchase("p3"),
        download("oak", ref="d1"),
        download("oak"),
        download("fern"),
        STRIKE,
        {"type": "refund", "purchase": "p2", "credits": 60, "basis": "policy", "at": "2026-11-03T00:00:00Z"},
    )
    first, second, third = Purchase.objects.order_by("pk")
    assert (first.downloaded_count, first.downloaded_price) == (2, 70)
    assert (second.status, second.revoked_at) == ("refunded", datetime(2026, 11, 3, tzinfo=UTC))
    assert list(second.items.values_list("kept_share", flat=True)) == [0, 0, 0]
    assert third.status == "completed"
