"""The door of another shop that stands in front of the store."""

from collections.abc import Callable

import pytest

from accounts.models import User
from credits.models import Entry
from credits.proofs import Progress
from credits.wallets import prove
from ground.instants import rfc3339
from ground.models import Receipt
from refunds.models import Denial, Refund
from storefront.models import Asset, Bundle, Download, Purchase, Series, ShopReference
from storefront.proofs import series_hold
from tests.api.conftest import Machine
from tests.world import NOW, balance, buy, give


@pytest.fixture
def shop(lea: User, machine_of: Callable[..., Machine]) -> Machine:
    """The other shop's server; Lea answers for it."""
    return machine_of(lea, store=True)


def line(ref: str, **more: object) -> dict[str, object]:
    return {"ref": ref, "user": "nia@example.com", "at": "2026-11-20T10:00:00Z", **more}


@pytest.fixture
def nia(shop: Machine) -> User:
    """A customer of the other shop, with 100 credits."""
    told = shop.post("store/users/", {"email": "Nia@example.com", "name": "Nia Hale"})
    assert (told.status, told.body) == (201, {"email": "nia@example.com", "name": "Nia Hale"})
    assert shop.post("store/grants/", line("g1", credits=100, kind="paid")).status == 201
    return User.objects.get(email="nia@example.com")


def test_a_whole_story_told_line_by_line(shop: Machine, nia: User, lea: User, forest: Bundle) -> None:
    told = shop.post("store/purchases/", line("p1", bundle="forest", credits=70))
    assert told.status == 201
    assert (told.body["ref"], told.body["credits_spent"], told.body["completed_at"]) == (
        "p1",
        70,
        "2026-11-20T10:00:00Z",
    )
    assert sum(item["share"] for item in told.body["items"]) == 70
    fetched = {"ref": "d1", "purchase": "p1", "asset": "fern", "at": "2026-11-21T11:00:00Z"}
    assert shop.post("store/downloads/", fetched).body == {
        "ref": "d1",
        "invoice": told.body["invoice"],
        "asset": "fern",
        "at": "2026-11-21T11:00:00Z",
        "cause": "direct",
        "via": None,
    }
    path = f"store/purchases/{told.body['invoice']}/"
    quote = shop.get(f"{path}refund-quote/", X_Customer="nia@example.com")
    assert (quote.status, quote.body["eligible"], quote.body["credits"]) == (200, True, 40)
    booked = shop.post(f"{path}refund/", {"expected_credits": 40}, key="k1", X_Customer="nia@example.com")
    assert (booked.status, booked.body["balance"]) == (201, 70)
    refund = Refund.objects.get()
    assert (refund.customer, refund.requested_by, refund.door) == (nia, lea, "store")
    assert prove(nia.pk) == []


def test_a_repeated_line_is_answered_as_before_and_another_under_its_ref_is_refused(
    shop: Machine, nia: User, fern: Asset
) -> None:
    sent = line("p1", asset="fern", credits=30)
    first, again = shop.post("store/purchases/", sent), shop.post("store/purchases/", sent)
    assert (again.bytes, again.headers["Idempotent-Replayed"]) == (first.bytes, "true")
    told = shop.post("store/purchases/", {**sent, "credits": 20})
    assert (told.status, told.code) == (422, "idempotency_key_reused")
    assert (Purchase.objects.count(), balance(nia)) == (1, 70)
    assert set(Receipt.objects.values_list("keep_until", flat=True)) == {None}


def test_a_list_is_answered_line_by_line_in_order(shop: Machine, nia: User, fern: Asset, moss: Asset) -> None:
    told = shop.post(
        "store/purchases/",
        [
            line("p1", asset="fern", credits=30),
            line("p2", asset="moss", credits=90),
            line("p3", asset="elm", credits=1),
            line("p4", asset="moss", credits=20, customer="ada"),
            "nonsense",
            line("p1", asset="fern", credits=30),
            line("p5", asset="moss", credits=20),
        ],
    )
    assert told.status == 200
    results = told.body["results"]
    assert [(one["ref"], one["status"], one["body"].get("code")) for one in results] == [
        ("p1", 201, None),
        ("p2", 402, "insufficient_credits"),
        ("p3", 404, "not_found"),
        ("p4", 400, "invalid"),
        (None, 400, "invalid"),
        ("p1", 201, None),
        ("p5", 201, None),
    ]
    assert results[0]["body"] == results[5]["body"]
    assert (Purchase.objects.count(), balance(nia)) == (2, 50)


def test_a_thousand_lines_and_not_one_more(shop: Machine) -> None:
    told = shop.post("store/users/", [{"email": f"u{n}@example.com"} for n in range(1001)])
    assert (told.status, told.code) == (400, "invalid")
    assert shop.post("store/users/", []).body == {"results": []}


def test_nobody_is_made_anything_through_this_door(shop: Machine, sam: User) -> None:
    for more in ({"roles": ["lead"]}, {"publishers": ["grove"]}, {"password": "x"}, {"is_staff": True}):
        told = shop.post("store/users/", {"email": "eve@example.com", **more})
        assert (told.status, told.body["errors"][0]["code"]) == (400, "unknown_field")
    assert not User.objects.filter(email="eve@example.com").exists()
    told = shop.post("store/users/", {"email": "sam@store.example", "name": "Somebody"})
    assert (told.status, told.body) == (200, {"email": "sam@store.example", "name": "Sam"})


def test_what_cannot_have_happened_is_refused_by_its_field(
    shop: Machine, nia: User, forest: Bundle, fern: Asset, moss: Asset
) -> None:
    shop.post("store/purchases/", line("p1", asset="fern", credits=30))
    shop.post("store/purchases/", line("p2", asset="moss", credits=20, download_log=False))
    fetched = {"ref": "d1", "purchase": "p1", "asset": "fern", "at": "2026-11-21T11:00:00Z"}
    for path, body, pointer in (
        ("grants", line("g2", credits=0, kind="paid"), "/credits"),
        ("grants", line("g2", credits=5, kind="gold"), "/kind"),
        ("grants", line("g2", credits=5, kind="paid", expires_at="2026-11-20T10:00:00Z"), "/expires_at"),
        ("purchases", line("p3", credits=5), ""),
        ("purchases", {**line("p3", asset="fern", credits=5), "at": "1969-12-31T23:59:59Z"}, "/at"),
        ("purchases", line("p3", asset="fern", credits=5, status="cancelled"), "/credits"),
        ("purchases", line("p3", asset="fern", credits=5, status="refunded"), "/status"),
        ("purchases", line("p3", asset="fern", credits=5, items=[{"asset": "moss"}]), "/items"),
        (
            "purchases",
            line("p3", bundle="forest", credits=5, items=[{"asset": "moss", "share": 4}]),
            "/items",
        ),
        ("purchases", line("p3", bundle="forest", credits=5, items=[]), "/items"),
        ("purchases", line("p3", asset="fern", credits=5, invoice="CN990000000001"), "/invoice"),
        ("downloads", {**fetched, "asset": "moss"}, "/asset"),
        ("downloads", {**fetched, "at": "2026-11-20T09:59:59Z"}, "/at"),
        ("downloads", {**fetched, "cause": "dependency"}, "/via"),
        ("downloads", {**fetched, "purchase": "p2", "asset": "moss"}, "/purchase"),
    ):
        told = shop.post(f"store/{path}/", body)
        assert (told.status, [error["pointer"] for error in told.body["errors"]]) == (400, [pointer]), body
    assert shop.post("store/downloads/", {**fetched, "purchase": "p9"}).status == 404
    assert (Purchase.objects.count(), Download.objects.count()) == (2, 0)


def test_a_given_number_is_kept_and_moves_the_series_past_it(
    shop: Machine, nia: User, ada: User, fern: Asset
) -> None:
    told = shop.post("store/purchases/", line("p1", asset="fern", credits=3, invoice="IN010000000041"))
    assert told.body["invoice"] == "IN010000000041"
    assert buy(ada, fern).number == "IN010000000042"
    told = shop.post("store/purchases/", line("p2", asset="fern", credits=3, invoice="IN010000000042"))
    assert (told.status, told.code) == (409, "number_taken")
    told = shop.post("store/purchases/", line("p3", asset="fern", credits=3, invoice="IN990000000001"))
    assert told.body["invoice"] == "IN990000000001"
    assert Series.objects.get(prefix="IN").last == 42


def test_a_purchase_that_names_an_asset_twice_is_refused(shop: Machine, nia: User, forest: Bundle) -> None:
    twice = [{"asset": "fern", "original_price": 30}] * 2
    told = shop.post("store/purchases/", line("p2", bundle="forest", credits=3, items=twice))
    assert (told.status, [error["pointer"] for error in told.body["errors"]]) == (400, ["/items"])
    assert (Purchase.objects.count(), Entry.objects.filter(kind="spend").count()) == (0, 0)


def test_given_numbers_leave_holes_that_the_proof_knows_of(shop: Machine, nia: User, fern: Asset) -> None:
    for ref, number in (("p1", "IN010000000041"), ("p2", "IN010000000007"), ("p3", "IN010000000042")):
        told = shop.post("store/purchases/", line(ref, asset="fern", credits=3, invoice=number))
        assert told.status == 201
    assert Series.objects.values_list("last", "skipped").get(prefix="IN") == (42, 39)
    assert list(series_hold(Progress())) == []
    told = shop.post("store/purchases/", line("p4", asset="fern", credits=3, invoice="IN010000000000"))
    assert (told.status, told.body["errors"][0]["pointer"]) == (400, "/invoice")


def test_after_the_last_number_there_is_a_sentence_and_nothing_is_sold(
    shop: Machine, nia: User, ada: User, fern: Asset
) -> None:
    assert (
        shop.post("store/purchases/", line("p1", asset="fern", credits=3, invoice="IN019999999999")).status
        == 201
    )
    told = shop.post("store/purchases/", line("p2", asset="fern", credits=3))
    assert (told.status, told.code) == (409, "refused")
    assert "series of numbers is full" in told.body["detail"]
    assert Purchase.objects.count() == 1


def test_other_statuses(shop: Machine, nia: User, fern: Asset) -> None:
    pending = shop.post("store/purchases/", line("p1", asset="fern", credits=3, status="pending")).body
    cancelled = shop.post("store/purchases/", line("p2", asset="fern", credits=0, status="cancelled")).body
    charged = shop.post("store/purchases/", line("p3", asset="fern", credits=4, status="charged_back")).body
    assert [(one["status"], one["completed_at"]) for one in (pending, cancelled, charged)] == [
        ("pending", None),
        ("cancelled", None),
        ("charged_back", "2026-11-20T10:00:00Z"),
    ]
    assert charged["items"][0]["revoked"] is True
    for one in (pending, cancelled, charged):
        path = f"store/purchases/{one['invoice']}/refund/"
        told = shop.post(path, {"expected_credits": 0}, key=one["invoice"], X_Customer="nia@example.com")
        assert (told.status, told.code) == (422, "refund_denied")
    assert Denial.objects.filter(door="store").count() == 3
    fetched = {"ref": "d1", "purchase": "p3", "asset": "fern", "at": "2026-11-21T11:00:00Z"}
    assert shop.post("store/downloads/", fetched).code == "no_longer_live"
    assert balance(nia) == 93


def test_a_quote_needs_its_customer_and_is_only_that_customers(
    shop: Machine, nia: User, ada: User, fern: Asset
) -> None:
    path = f"store/purchases/{buy(ada, fern).number}/refund-quote/"
    assert shop.get(path).body["errors"][0]["pointer"] == "/X-Customer"
    nothing = shop.get("store/purchases/IN990000000001/refund-quote/", X_Customer="ada@example.com").bytes
    assert shop.get(path, X_Customer="nia@example.com").bytes == nothing
    assert shop.get(path, X_Customer="nobody@example.com").bytes == nothing
    assert shop.get(path, X_Customer="ADA@example.com").status == 200


def test_the_same_key_for_another_customer_is_another_request(
    shop: Machine, nia: User, ada: User, fern: Asset
) -> None:
    path = f"store/purchases/{buy(ada, fern).number}/refund/"
    assert shop.post(path, {"expected_credits": 30}, key="k1", X_Customer="ada@example.com").status == 201
    again = shop.post(path, {"expected_credits": 30}, key="k1", X_Customer="ADA@example.com")
    assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
    told = shop.post(path, {"expected_credits": 30}, key="k1", X_Customer="nia@example.com")
    assert told.status == 404
    assert Refund.objects.count() == 1


def test_a_time_ahead_is_kept_as_in_the_store_file_and_nothing_is_refunded_before_it_comes(
    shop: Machine, nia: User, fern: Asset
) -> None:
    soon = {"at": "2026-11-21T12:00:05Z"}  # its clock is five seconds ahead of ours
    assert shop.post("store/grants/", line("g2", credits=10, kind="promo", **soon)).status == 201
    told = shop.post("store/purchases/", line("p1", asset="fern", credits=30, **soon))
    assert (told.status, told.body["completed_at"]) == (201, "2026-11-21T12:00:05Z")
    path = f"store/purchases/{told.body['invoice']}/refund-quote/"
    said = shop.get(path, X_Customer="nia@example.com").body
    assert [reason["code"] for reason in said["reasons"]] == ["not_completed"]
    fetched = {"ref": "d1", "purchase": "p1", "asset": "fern", "at": "2026-11-21T12:00:06Z"}
    assert shop.post("store/downloads/", fetched).status == 201
    assert balance(nia) == 80
    assert prove(nia.pk) == []


def test_a_purchase_dated_ahead_is_not_paid_with_credits_that_will_have_expired(
    shop: Machine, nia: User, fern: Asset
) -> None:
    brief = line("g2", credits=10, kind="promo", expires_at="2026-11-22T00:00:00Z")
    assert shop.post("store/grants/", brief).status == 201
    ahead = {"at": "2026-11-22T00:00:00Z"}
    told = shop.post("store/purchases/", line("p1", asset="fern", credits=101, **ahead))
    assert (told.status, told.code, told.body["balance"]) == (402, "insufficient_credits", 100)
    assert shop.post("store/purchases/", line("p2", asset="fern", credits=100, **ahead)).status == 201
    assert (balance(nia), prove(nia.pk)) == (10, [])


def test_references_belong_to_their_key(
    shop: Machine, nia: User, lea: User, machine_of: Callable[..., Machine], fern: Asset
) -> None:
    other = machine_of(lea, store=True)
    sent = line("p1", asset="fern", credits=30)
    assert (
        shop.post("store/purchases/", sent).body["invoice"]
        != other.post("store/purchases/", sent).body["invoice"]
    )


def test_an_earlier_download_told_later_is_the_first(shop: Machine, nia: User, fern: Asset) -> None:
    shop.post("store/purchases/", line("p1", asset="fern", credits=30))
    for ref, at in (("d1", "2026-11-21T11:00:00Z"), ("d2", "2026-11-20T11:00:00Z")):
        shop.post("store/downloads/", {"ref": ref, "purchase": "p1", "asset": "fern", "at": at})
    purchase = Purchase.objects.get()
    assert (purchase.downloaded_count, purchase.downloaded_price) == (1, 30)
    assert purchase.items.get().first_downloaded_at.isoformat() == "2026-11-20T11:00:00+00:00"


def test_the_ledger_names_who_recorded_it(shop: Machine, nia: User, lea: User, fern: Asset) -> None:
    shop.post("store/purchases/", line("p1", asset="fern", credits=30))
    assert set(Entry.objects.filter(wallet=nia.pk).values_list("made_by", flat=True)) == {lea.pk}


def test_a_reference_is_a_row_of_its_own_and_each_key_counts_its_own(
    machine_of: Callable[..., Machine], lea: User, ada: User, oak: Asset
) -> None:
    give(ada, 100)
    bought = {"ref": "order-7", "user": "ada@example.com", "asset": "oak", "credits": 40, "at": rfc3339(NOW)}
    shop, other = machine_of(lea, store=True), machine_of(lea, store=True)
    number = shop.post("store/purchases/", bought).body["invoice"]
    assert ShopReference.objects.get().purchase.number == number
    fetched = {"ref": "d-1", "purchase": "order-7", "asset": "oak", "at": rfc3339(NOW)}
    assert shop.post("store/downloads/", fetched).status == 201
    assert other.post("store/downloads/", {**fetched, "ref": "d-2"}).status == 404
