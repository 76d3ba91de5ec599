"""The demo world shows every answer that the store can give, and it is found where a machine would look: in the API."""

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from accounts.demo import DEMO_PASSWORD, DEMO_PEOPLE
from accounts.models import Publisher, User
from credits.models import Code, Lot
from credits.proofs import Progress, findings
from doors.storefile.demo import as_file
from doors.storefile.loading import Options, load
from ground.instants import rfc3339
from refunds.facts import terms_of
from refunds.models import Basis, Grounds, Refund, State, VerifiedInvoice
from refunds.policy import ReasonCode, decide
from refunds.replay import replay
from refunds.serial import facts_from_json
from storefront.models import Asset, Bundle, Download, Purchase, PurchaseItem, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo() -> datetime:
    now = timezone.now()
    load(as_file(now), options=Options(now=now, allow_passwords=True))
    return now


def everything(path: str, *, seen_by: str = "@example.com") -> Iterator[dict[str, Any]]:
    """What each customer sees at an address of the API, page by page."""
    for customer in User.objects.filter(email__endswith=seen_by):
        client = Client()
        client.force_login(customer)
        page: str | None = f"/api/v1/{path}/"
        while page:
            answer = client.get(page).json()
            page = answer["next"]
            for one in answer["results"]:
                yield {**one, "client": client}


def quotes(seen_by: str = "@example.com") -> Iterator[dict[str, Any]]:
    for purchase in everything("purchases", seen_by=seen_by):
        told = purchase["client"].get(f"/api/v1/purchases/{purchase['invoice']}/refund-quote/")
        yield {**purchase, "decision": told.json()}


def test_every_reason_and_every_example_of_the_policy_is_there(
    demo: datetime, figure: Callable[[str], None]
) -> None:
    found = list(quotes())
    reasons = Counter(reason["code"] for each in found for reason in each["decision"]["reasons"])
    stranger = Client()
    stranger.force_login(User.objects.get(email="gil@grove.example"))
    not_yours = stranger.get(f"/api/v1/purchases/{found[0]['invoice']}/refund-quote/")

    assert set(reasons) == set(ReasonCode) - {ReasonCode.NOT_YOURS}
    assert not_yours.status_code == 404
    assert {each["status"] for each in found} == set(Status.values)
    rows = [_row(each["decision"]) for each in found if each["status"] == "completed"]
    for kind, size, downloaded, eligible in EXAMPLES:
        assert any(row[:4] == (kind, size, downloaded, eligible) and row[4] == row[5] for row in rows), (
            f"no {kind} of {size} with {downloaded} downloaded"
        )
    figure(f"demo world: {len(found)} purchases quoted through the API, {dict(reasons)}")


# The rows of the policy's own table: what, of how many items, how many downloaded, whether it goes back.
EXAMPLES = [
    ("asset", 1, 0, True),
    ("asset", 1, 1, False),
    ("bundle", 10, 0, True),
    ("bundle", 10, 3, True),
    ("bundle", 10, 6, False),
    ("bundle", 4, 2, True),
]


def _row(decision: dict[str, Any]) -> tuple[str, int, int, bool, int, int]:
    """The last two are what is given back and what the table's formula gives."""
    items = decision["items"]
    downloaded = [item for item in items if item["downloaded"]]
    formula = max(0, decision["credits_spent"] - sum(item["original_price"] for item in downloaded))
    eligible = decision["eligible"]
    kind = "asset" if len(items) == 1 else "bundle"
    return kind, len(items), len(downloaded), eligible, decision["credits"], formula if eligible else 0


def test_every_ground_state_and_basis_is_there(demo: datetime, figure: Callable[[str], None]) -> None:
    cases = list(everything("cases"))
    grounds, states = Counter(case["grounds"] for case in cases), Counter(case["state"] for case in cases)
    refunds = [purchase["refund"] for purchase in everything("purchases") if purchase["refund"]]
    bases = Counter(refund["basis"] for refund in refunds)

    assert set(grounds) == set(Grounds.values)
    assert set(states) == set(State.values)
    assert set(bases) == set(Basis.values)
    for case in cases:
        assert case["client"].get(f"/api/v1/cases/{case['number']}/").json()["timeline"]
    figure(f"demo world: {len(cases)} cases, {len(refunds)} refunds on {dict(bases)}")


def test_each_download_counts_against_the_oldest_purchase_that_gave_its_asset(demo: datetime) -> None:
    for download in Download.objects.select_related("item"):
        live = PurchaseItem.objects.filter(
            Q(revoked_at=None) | Q(revoked_at__gt=download.at),
            Q(purchase__revoked_at=None) | Q(purchase__revoked_at__gt=download.at),
            customer=download.customer_id,
            asset=download.asset_id,
            purchase__completed_at__lte=download.at,
        )
        oldest = live.order_by("purchase__completed_at", "purchase__number").first()
        assert download.item == oldest, f"{download.item} of {download.at}"


# By the ref of the purchase: what the file gives back, and what the policy deducts from what was spent.
REFUNDED_BY_THE_POLICY = {
    "ada-basalt-columns": (38, {}),
    "ben-forest": (50, {"fern": 30}),
    "cleo-cliffside": (68, {"river-stones": 20, "ivy": 22}),
    "finn-tool-chest": (0, {"terrain-painter": 80}),
    "ines-brick-tiles": (24, {}),
    "hugo-fern": (30, {}),
    "cleo-moss": (20, {}),
}


def test_each_refund_by_the_policy_is_what_the_policy_says_of_its_facts(demo: datetime) -> None:
    told = {line["at"]: line for line in map(json.loads, as_file(demo)) if line["type"] == "refund"}
    judged = {}
    for refund in Refund.objects.filter(basis=Basis.POLICY).select_related("purchase__terms"):
        facts = facts_from_json(json.loads(refund.facts))
        decision = decide(facts, terms=terms_of(refund.purchase), now=refund.at)
        line = told[rfc3339(refund.at)]
        assert decision.eligible
        assert decision.credits == line["credits"]
        judged[line["purchase"]] = (
            decision.credits,
            {deduction.asset: deduction.credits for deduction in decision.deductions},
        )
    assert judged == REFUNDED_BY_THE_POLICY


def test_the_examples_that_ada_sees_deduct_what_she_downloaded_of_them(demo: datetime) -> None:
    """Of the Forest she downloaded two of four; of Cliffside three of five, which is one too many."""
    quoted = {
        each["title"]: each["decision"]
        for each in quotes("ada@example.com")
        if each["title"] in {"Forest", "Cliffside"}
    }
    assert quoted["Forest"]["credits"] == 80 - 40 - 15
    assert [each["code"] for each in quoted["Cliffside"]["reasons"]] == ["bundle_over_limit"]


def test_it_is_a_store_with_taste_and_history(demo: datetime) -> None:
    first = Purchase.objects.order_by("created_at")[0].created_at

    assert Publisher.objects.count() == 3
    assert Asset.objects.count() >= 24
    assert Bundle.objects.count() == 4
    assert User.objects.filter(purchases__isnull=False).distinct().count() >= 12
    assert 600 < (demo - first).days < 760
    assert Bundle.objects.filter(parts__asset__publisher__slug="grove", publisher__slug="quarry").exists()
    assert Asset.objects.filter(requires__isnull=False).exists()
    assert not Asset.objects.filter(description="").exists()
    assert Lot.objects.filter(expires_at__gt=demo, remaining__gt=0, kind="promo").exists()
    assert Lot.objects.filter(reborn_from__isnull=False).exists()
    assert Code.objects.count() == 4


def test_its_ledger_and_its_decisions_hold(demo: datetime) -> None:
    assert list(findings(Progress())) == []
    assert [difference for differences in replay() for difference in differences] == []


def test_the_command_fills_an_empty_store_and_says_who_may_sign_in() -> None:
    said = io.StringIO()
    call_command("demo", if_empty=True, stdout=said)

    assert [line.split() for line in said.getvalue().splitlines()] == [
        ["customer", "ada@example.com", DEMO_PASSWORD],
        ["publisher", "gil@grove.example", DEMO_PASSWORD],
        ["agent", "sam@store.example", DEMO_PASSWORD],
        ["lead", "lea@store.example", DEMO_PASSWORD],
    ]
    assert VerifiedInvoice.objects.filter(publisher__slug="grove").count() == 9
    for _, email in DEMO_PEOPLE:
        page = Client().post("/sign-in/", {"login": email, "password": DEMO_PASSWORD})
        assert page.status_code == 302, email


def test_the_command_leaves_a_store_alone_that_is_not_empty(ada: User) -> None:
    call_command("demo", if_empty=True, stdout=io.StringIO())
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo")
    assert User.objects.count() == 1


@pytest.mark.parametrize("days", [1, 45])
def test_again_adds_a_second_world_to_the_first(days: int) -> None:
    """Months later, too: by then its terms have other names and would stand before what was sold."""
    before = timezone.now() - timedelta(days=days)
    load(as_file(before), options=Options(now=before, allow_passwords=True))
    purchases = Purchase.objects.count()

    call_command("demo", again=True, stdout=io.StringIO())

    assert Purchase.objects.count() == 2 * purchases
    assert list(findings(Progress())) == []
