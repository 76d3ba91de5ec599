"""A store that moves out and into an empty one is the same store, and moves out of that as the same file."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.audit import record
from accounts.models import Publisher, User
from credits.books import open_books
from credits.codes import redeem
from credits.giving import give as give_by_lead
from credits.models import Code, Kind
from credits.proofs import Progress, findings
from doors.storefile.demo import as_file
from doors.storefile.loading import Options, load
from ground.receipts import Asking
from refunds import cases
from refunds.cases import Upload
from refunds.models import Case, Grounds
from refunds.services import charge_back, quote, request_refund
from storefront.documents import document_pdf
from storefront.models import Asset, Bundle, Download, Purchase
from storefront.services import strike
from tests import world
from tests.storefile.emptying import dumped, empty_the_store, store_as_people_see_it
from tests.storefile.lines import SHOP, grant, load_lines, purchase
from tests.world import NOW

PDF = b"%PDF-1.4\n%%EOF\n"


def moves_unchanged() -> int:
    """Dumps, empties, loads; compares what people see and the second dump with the first. Gives the file's size."""
    _write_what_is_due()
    before, file = store_as_people_see_it(), dumped()
    empty_the_store()
    load(io.BytesIO(file), options=Options(now=NOW))

    assert store_as_people_see_it() == before
    assert dumped().splitlines() == file.splitlines()
    assert list(findings(Progress())) == []
    return len(file)


def _write_what_is_due() -> None:
    """As the job does: a load writes it too, and then the two stores would differ by just that."""
    with transaction.atomic():
        open_books(list(User.objects.values_list("pk", flat=True)), now=NOW)


@pytest.mark.django_db
def test_the_demo_world_moves_unchanged(figure: Callable[[str], None]) -> None:
    load(as_file(NOW), options=Options(now=NOW, allow_passwords=True))
    for number in Purchase.objects.exclude(status="pending").values_list("number", flat=True)[:5]:
        document_pdf(number)

    size = moves_unchanged()

    figure(
        f"store file: the demo world of {size:,} bytes dumped, loaded and dumped again, the same to the byte"
    )


@pytest.mark.django_db
def test_what_people_did_in_the_living_store_moves_unchanged(
    ada: User,
    ben: User,
    sam: User,
    mia: User,
    lea: User,
    gil: User,
    grove: Publisher,
    forest: Bundle,
    cliff: Bundle,
    oak: Asset,
    fern: Asset,
    moss: Asset,
    slate: Asset,
    bark: Asset,
) -> None:
    """Not through lines but through the services: every kind of row that they write."""
    refunded, denied, kept, late = _bought(ada, forest, cliff, fern, slate)
    _asked(ada, refunded, 80)
    _asked(ada, denied, 0)
    _asked(ada, kept, 65)
    charge_back(purchase=kept, by=lea, why="The bank took it back", now=NOW)
    world.give(ben, 50, kind=Kind.PROMO, expires_in=-3)
    with transaction.atomic():
        give_by_lead(
            customer=ben,
            by=lea,
            credits=7,
            kind=Kind.COMPENSATION,
            expires_at=None,
            why="A slow day",
            now=NOW,
        )
    struck = world.buy(ben, oak, days_ago=2, downloaded=[oak])
    strike(download=Download.objects.get(purchase=struck), by=sam, why="Broke off", now=NOW)
    _case(ada, late, grove, gil, sam)
    _answered(ben, lea)
    record(by=lea, act="publish_terms", subject="2027-01", why="A longer window", now=NOW)
    document_pdf(refunded.number)

    moves_unchanged()

    assert Case.objects.count() == 2


@pytest.mark.django_db
def test_free_and_paid_purchases_that_take_turns_move_unchanged(
    ada: User, grove: Publisher, fern: Asset
) -> None:
    """A free purchase stands above the ledger in a dump; what was answered later follows the same order."""
    gift = world.asset("gift", "A gift", by=grove, price=0)
    for bought in (
        world.buy(ada, fern, days_ago=9, downloaded=[fern]),
        world.buy(ada, gift, days_ago=8, downloaded=[gift]),
        world.buy(ada, fern, days_ago=7, again=True, downloaded=[fern]),
        world.buy(ada, gift, days_ago=6, again=True, downloaded=[gift]),
    ):
        _asked(ada, bought, 0)

    moves_unchanged()


@pytest.mark.django_db
def test_what_was_handed_out_after_a_purchase_without_a_log_moved_in_moves_on() -> None:
    """Nobody knows what she downloaded before; what this store handed out itself is known."""
    load_lines(*SHOP, grant(), purchase(download_log=False))
    world.fetch(User.objects.get(email="ada@example.com"), Asset.objects.get(slug="oak"))

    moves_unchanged()


def _bought(ada: User, forest: Bundle, cliff: Bundle, fern: Asset, slate: Asset) -> tuple[Purchase, ...]:
    return (
        world.buy(ada, forest, days_ago=9),
        world.buy(ada, fern, days_ago=8, again=True, downloaded=[fern]),
        world.buy(ada, forest, days_ago=7, again=True, downloaded=[]),
        world.buy(ada, cliff, days_ago=40, downloaded=[slate]),
    )


def _asked(person: User, purchase: Purchase, credits: int) -> None:
    expected = quote(purchase=purchase, requester=person, now=NOW).decision.credits
    asking = Asking(
        person=person,
        key=f"k{purchase.pk}",
        what=f"{purchase.pk}",
        now=NOW,
        door="page",
        write=lambda _: (200, ""),
    )
    request_refund(asking=asking, purchase=purchase, expected_credits=expected)


def _case(ada: User, purchase: Purchase, grove: Publisher, gil: User, sam: User) -> None:
    asking = Asking(person=ada, key="case", what="case", now=NOW, door="page", write=lambda _: (201, ""))
    told = cases.open_by_customer(
        asking=asking,
        purchase=purchase,
        grounds=Grounds.OUT_OF_WINDOW,
        message="I was ill for a month and could not look at the cliff before today, sorry.",
        uploads=[Upload(name="letter.pdf", content=PDF)],
        share=True,
    )
    case = told.outcome
    assert isinstance(case, Case)
    cases.do(
        "offer_help", case=case, publisher=grove, by=gil, note="Shall we have a look?", door="portal", now=NOW
    )
    cases.do(
        "authorise",
        case=case,
        publisher=grove,
        by=gil,
        note="Yes",
        door="portal",
        now=NOW + timedelta(hours=1),
    )
    cases.do(
        "approve",
        case=case,
        by=sam,
        credits=9,
        keep=frozenset({"slate"}),
        note="Yes",
        now=NOW + timedelta(hours=2),
    )


def _answered(ben: User, lea: User) -> None:
    asking = Asking(person=ben, key="wrong", what="wrong", now=NOW, door="page", write=lambda _: (201, ""))
    told = cases.open_by_customer(
        asking=asking,
        purchase=None,
        grounds=Grounds.CREDITS_WRONG,
        message="My top-up of Sunday evening is not there yet, and the sale ends tonight.",
    )
    assert isinstance(told.outcome, Case)
    cases.do("answer", case=told.outcome, by=lea, note="It is there now.", credits=5, now=NOW)


# --- Stores that nobody thought of ----------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["give", "promo", "buy", "fetch", "refund", "deny", "redeem", "charge_back"]),
        st.integers(0, 5),
        st.integers(0, 60),
    ),
    max_size=14,
)


class MadeUpStores(TestCase):
    """Hypothesis makes a store by what people do in it; each must move unchanged."""

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(steps=STEPS)
    def test_any_small_store_moves_unchanged(self, steps: list[tuple[str, int, int]]) -> None:
        ada, ben = world.person("Ada"), world.person("Ben")
        grove = world.publisher("grove", "Grove Studio")
        assets = [world.asset(f"a{n}", f"Asset {n}", by=grove, price=n * 7) for n in range(4)]
        assets[3].requires.set([assets[2]])
        bundle = world.bundle("all", "All of them", by=grove, price=25, holds=assets)
        Code.objects.create(code="HELLO", credits=11, per_user=None, lot_days=20, created_at=NOW)
        for place, (act, which, days_ago) in enumerate(sorted(steps, key=lambda step: -step[2])):
            person = (ada, ben)[which % 2]
            thing = bundle if which > 3 else assets[which]
            _do(act, person, thing, assets[which % 4], days_ago - place / 1000)
        moves_unchanged()


def _do(act: str, person: User, thing: Asset | Bundle, asset: Asset, days_ago: float) -> None:
    newest = Purchase.objects.filter(customer=person, status="completed").order_by("-pk").first()
    if act == "give":
        world.give(person, 5 + asset.price, days_ago=days_ago)
    elif act == "promo":
        world.give(person, 9, kind=Kind.PROMO, days_ago=days_ago, expires_in=10 - days_ago)
    elif act == "buy":
        world.buy(person, thing, days_ago=days_ago, again=True)
    elif act == "redeem":
        _redeem(person, days_ago)
    elif newest is not None and act == "fetch":
        if newest.items.filter(asset=asset).exists():
            world.fetch(person, asset, at=world.days_before(days_ago))
    elif newest is not None and act in {"refund", "deny"}:
        _asked(person, newest, 0)
    elif newest is not None and act == "charge_back":
        charge_back(purchase=newest, by=None, why="Taken back", now=NOW)


def _redeem(person: User, days_ago: float) -> None:
    with transaction.atomic():
        redeem(customer=person, text="hello", now=world.days_before(days_ago))
