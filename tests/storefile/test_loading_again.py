"""A file that is loaded into a store with a life of its own, or twice, or only on trial."""

import pytest

from accounts.models import User
from credits import ledger
from credits.models import Lot, Wallet
from storefront.models import (
    Download,
    Purchase,
    Series,
    Terms,
)
from tests.storefile.lines import (
    SHOP,
    download,
    grant,
    load_lines,
    purchase,
    refund,
    why_lines_refused,
)

pytestmark = pytest.mark.django_db


def test_saying_the_same_again_changes_nothing() -> None:
    load_lines(*SHOP, *SHOP[:5], grant(), grant(), purchase(), purchase())

    assert Terms.objects.count() == 2  # the standard ones, and these
    assert (Lot.objects.count(), Purchase.objects.count()) == (1, 1)


def test_a_store_may_be_loaded_into_one_that_is_not_empty(ada: User) -> None:
    load_lines(*SHOP[:2], *SHOP[3:], grant())
    load_lines(purchase(bundle="forest"), download())

    assert Wallet.objects.get(customer=ada).balance == 440
    assert Purchase.objects.get().downloaded_count == 1


def test_a_dry_run_checks_everything_and_changes_nothing() -> None:
    before = (User.objects.count(), Terms.objects.count(), Series.objects.get(prefix="IN").last)

    loaded = load_lines(*SHOP, grant(), purchase(), dry_run=True)

    assert loaded.counts["purchase"] == 1
    assert (User.objects.count(), Terms.objects.count(), Series.objects.get(prefix="IN").last) == before


def test_a_number_that_this_store_has_given_is_taken() -> None:
    noted = refund(60, credit_note="CN990000000001")
    load_lines(*SHOP, grant(), purchase(invoice="IN990000000001"), noted)
    shop = (*SHOP, grant("g2", at="2026-10-02T00:00:00Z"))

    again = why_lines_refused(*shop, purchase(at="2026-11-02T00:00:00Z", invoice="IN990000000001"))
    noted_again = why_lines_refused(*shop, purchase(at="2026-11-02T00:00:00Z"), noted)

    assert again == [f"line {len(shop) + 1}: has the number IN990000000001, which is taken in this store"]
    assert noted_again == [
        f"line {len(shop) + 2}: has the number CN990000000001, which is taken in this store"
    ]
    assert Purchase.objects.count() == 1


def test_the_same_file_twice_is_refused() -> None:
    file = (*SHOP, grant(), purchase(), download())
    load_lines(*file)

    reasons = why_lines_refused(*file)

    assert reasons == [
        (
            f"line {len(SHOP) + 1}: gives ada@example.com 500 credits that this store has given at the very same instant: "
            "was the file loaded before?"
        ),
        (
            f"line {len(SHOP) + 2}: is a purchase that ada@example.com made in this store at the very same instant: "
            "was the file loaded before?"
        ),
    ]
    assert (Lot.objects.count(), Purchase.objects.count(), Download.objects.count()) == (1, 1, 1)


def test_a_file_does_not_make_somebody_an_agent_whom_the_store_knows(ada: User) -> None:
    assert why_lines_refused({"type": "user", "email": "ada@example.com", "roles": ["lead"]}) == [
        "line 1: is about ada@example.com, whom this store knows with another name, role or publisher"
    ]
    assert not ada.is_agent


def test_a_store_that_would_not_prove_right_is_not_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proof looks before the commit; here a writer that cheats by one credit."""
    monkeypatch.setattr(ledger, "expire", lambda wallet, lot, *, at: setattr(lot, "remaining", 0) or 0)

    reasons = why_lines_refused(*SHOP, grant(expires_at="2026-11-20T00:00:00Z"))

    assert any("breaks a law (lot_remaining)" in reason for reason in reasons)
    assert not Lot.objects.exists()
