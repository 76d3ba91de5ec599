"""Nine requests to support, each lived through over HTTP by everybody it concerns, from the first click to the proof."""

import io
import re
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.keys import make_key
from accounts.models import Publisher, User
from refunds.cases import escalate_cases
from refunds.enums import Basis
from refunds.models import Case, CreditNote, Refund
from storefront.models import Purchase
from tests.refunds.requests import unconfirmed
from tests.world import balance, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = "I bought this for a project that was called off, and nobody here has ever opened it."


class World:
    """People at their browsers, and one clock for all of them."""

    def __init__(self) -> None:
        self.now = timezone.now()
        self.browsers: dict[int, Client] = {}

    def at(self, person: User) -> Client:
        if person.pk not in self.browsers:
            self.browsers[person.pk] = Client()
            self.browsers[person.pk].force_login(person)
        return self.browsers[person.pk]

    def days_go_by(self, days: float) -> None:
        self.now += timedelta(days=days)

    def look(self, person: User, address: str, **asked: str) -> str:
        answer = self.at(person).get(address, asked)
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    def press(self, person: User, address: str, **sent: Any) -> HttpResponse:
        return self.at(person).post(address, sent)

    def buys(self, person: User, thing: Any, *, days_ago: float = 0, **more: Any) -> Purchase:
        return buy(person, thing, days_ago=days_ago, now=self.now, **more)

    def asks(self, person: User, purchase: Purchase | None, grounds: str) -> Case:
        """Through the form, as it is filled in when it opens."""
        where = f"/cases/new/?grounds={grounds}" + (f"&invoice={purchase.number}" if purchase else "")
        page = self.look(person, where)
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key
        items = re.findall(r'name="items" value="([^"]+)"', page)
        answer = self.press(
            person,
            "/cases/new/",
            key=key[1],
            grounds=grounds,
            message=TOLD,
            items=items,
            invoice=purchase.number if purchase else "",
        )
        assert answer.status_code == 302, answer.content.decode()
        return Case.objects.get(number=answer["Location"].split("/")[2])


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    clock = SimpleNamespace(now=lambda: made.now, override=timezone.override)
    monkeypatch.setattr("accounts.middleware.timezone", clock)
    return made


@pytest.fixture
def verified(world: World, grove: Publisher, gil: User) -> Callable[[Purchase], list[dict[str, Any]]]:
    """What a publisher's bot reads of an invoice."""
    _, key = make_key(owner=gil, publisher=grove, now=world.now)

    def read(purchase: Purchase) -> list[dict[str, Any]]:
        answer = Client().get("/publisher/v1/invoice/verify.json", {"key": key, "invoice": purchase.number})
        return list(answer.json()["invoices"])

    return read


def desk(case: Case, act: str = "") -> str:
    return f"/admin/refunds/case/{case.number}/{act}"


def portal(case: Case, act: str) -> str:
    return f"/portal/refunds/{case.number}/{act}/"


def ledger_is_clean() -> None:
    """Raises SystemExit when it finds trouble."""
    said = io.StringIO()
    call_command("check_ledger", stdout=said)


def stands(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def status(purchase: Purchase) -> str:
    purchase.refresh_from_db()
    return purchase.status


def open_from_the_list(world: World, agent: User, purchase: Purchase, grounds: str = "out_of_window") -> Case:
    chosen = {"action": "open_manual_refund_request", "_selected_action": str(purchase.pk)}
    page = world.press(agent, "/admin/storefront/purchase/", **chosen)
    assert "What will happen" in page.content.decode()
    answer = world.press(
        agent, "/admin/storefront/purchase/", **chosen, grounds=grounds, note="She called us."
    )
    return Case.objects.get(number=answer["Location"].split("/")[4])


def test_an_old_purchase_is_refunded_with_its_publishers_yes(world, ada, sam, gil, oak, verified):
    purchase = world.buys(ada, oak, days_ago=45)
    lot = ada.wallet.lots.get()
    invoice = world.at(ada).get(f"/purchases/{purchase.number}/invoice.pdf").content
    assert [row["refunded"] for row in verified(purchase)] == ["No"]

    case = open_from_the_list(world, sam, purchase)
    assert stands(case) == "waiting_for_publisher"
    assert case.number in world.look(gil, "/portal/refunds/")
    world.press(gil, portal(case, "authorise"), note="Of course.")
    assert stands(case) == "waiting_for_support"

    page = world.look(sam, desk(case, "approve/"))
    assert 'name="credits" value="40"' in page
    assert f"back into paid lot {lot.pk}" in page
    done = world.press(sam, desk(case, "approve/"), credits="40", note="Gladly.")
    assert done.status_code == 302

    lot.refresh_from_db()
    assert (balance(ada), lot.remaining) == (40, 40)
    assert (stands(case), status(purchase)) == ("approved", "refunded")
    note = CreditNote.objects.get()
    assert re.fullmatch(r"CN\d{12}", note.number)
    assert world.at(ada).get(f"/purchases/{purchase.number}/invoice.pdf").content == invoice
    assert [(row["refunded"], row["reason"]) for row in verified(purchase)] == [
        ("Yes", Basis.PUBLISHER_AUTHORISED.label)
    ]
    assert note.number in world.look(ada, f"/purchases/{purchase.number}/")
    assert "40" in world.look(ada, "/credits/")

    again = world.press(sam, desk(case, "approve/"), credits="40", note="Twice.")
    assert again.status_code == 409
    assert (balance(ada), Refund.objects.count()) == (40, 1)
    ledger_is_clean()


def test_a_lead_overrules_a_no_and_the_publisher_keeps_its_share(world, ada, sam, lea, gil, oak, verified):
    purchase = world.buys(ada, oak, days_ago=45)
    case = world.asks(ada, purchase, "not_as_described")
    world.press(gil, portal(case, "decline"), note="It is exactly as described.")
    assert "It is exactly as described." in world.look(ada, f"/cases/{case.number}/")

    refused = world.press(sam, desk(case, "approve/"), credits="40", note="Please.")
    assert refused.status_code == 422
    assert "only a lead approves" in refused.content.decode()
    assert (balance(ada), stands(case)) == (0, "waiting_for_support")

    world.press(sam, desk(case, "hand-over/"), note="The pictures do promise more.")
    assert "every publisher keeps its whole share" in world.look(lea, desk(case, "approve/"))
    world.press(lea, desk(case, "approve/"), credits="40", note="As goodwill.")
    assert (balance(ada), stands(case), Refund.objects.get().basis) == (40, "approved", "goodwill")
    assert purchase.items.get().kept_share == 40
    assert [row["reason"] for row in verified(purchase)] == [Basis.GOODWILL.label]
    ledger_is_clean()


def test_a_publisher_that_stays_silent_leaves_it_to_a_lead(world, ada, sam, lea, gil, oak):
    purchase = world.buys(ada, oak, days_ago=45)
    case = world.asks(ada, purchase, "incompatible")
    world.days_go_by(14.1)
    assert escalate_cases(world.now)["publisher_silent"] == 1
    assert "Waiting for support" in world.look(ada, f"/cases/{case.number}/")
    world.press(gil, portal(case, "authorise"), note="Too late.")
    assert case.answers.get().authorised is None
    assert world.press(sam, desk(case, "approve/"), credits="40", note="").status_code == 422
    world.press(lea, desk(case, "approve/"), credits="40", note="They never answered.")
    assert (balance(ada), Refund.objects.get().basis, purchase.items.get().kept_share) == (40, "goodwill", 40)
    ledger_is_clean()


def test_one_of_two_publishers_says_no(world, ada, sam, gil, quinn, cliff, moss, verified):
    purchase = world.buys(ada, cliff, days_ago=45)
    case = world.asks(ada, purchase, "incompatible")
    world.press(quinn, portal(case, "authorise"), note="")
    world.press(gil, portal(case, "decline"), note="The moss works with everything.")

    page = world.look(sam, desk(case, "approve/"))
    assert 'name="credits" value="20"' in page
    whole = world.press(sam, desk(case, "approve/"), credits="36", note="")
    assert whole.status_code == 422
    world.press(sam, desk(case, "approve/"), credits="20", keep=["moss"], note="The slate goes back.")

    assert (balance(ada), stands(case)) == (20, "approved")
    kept = dict(purchase.items.values_list("asset__slug", "kept_share"))
    assert kept == {"slate": 0, "moss": 16}
    assert [row["refunded"] for row in verified(purchase)] == ["No"]
    assert "Moss" in world.look(ada, "/library/")
    assert "Slate" not in world.look(ada, "/library/")
    ledger_is_clean()


def test_a_duplicate_charge_is_found_and_given_back(world, ada, sam, gil, oak, verified):
    first = world.buys(ada, oak, days_ago=60)
    second = world.buys(ada, oak, days_ago=45, again=True)
    unconfirmed(second)
    assert second.number in world.look(sam, "/admin/duplicates/?days=90")

    case = world.asks(ada, second, "duplicate_charge")
    assert stands(case) == "waiting_for_support"
    page = world.look(sam, desk(case))
    assert page.index(
        f'First: <a class="number" href="/admin/storefront/purchase/{first.number}/"'
    ) < page.index(f'Second: <a class="number" href="/admin/storefront/purchase/{second.number}/"')
    world.press(sam, desk(case, "approve/"), credits="40", note="Charged twice, we are sorry.")

    assert (balance(ada), Refund.objects.get().basis) == (40, "duplicate_charge")
    assert (status(first), status(second)) == ("completed", "refunded")
    assert [row["reason"] for row in verified(second)] == [Basis.DUPLICATE_CHARGE.label]
    assert "Oak trees" in world.look(ada, "/library/")
    ledger_is_clean()


def test_a_server_error_takes_two_agents(world, ada, sam, mia, gil, oak):
    purchase = world.buys(ada, oak, days_ago=45, downloaded=[oak])
    case = world.asks(ada, purchase, "server_error")
    silent = world.press(sam, desk(case, "approve/"), credits="40", note="")
    assert "written evidence" in silent.content.decode()
    world.press(
        sam, desk(case, "approve/"), credits="40", note="Our mistake.", private_note="The log shows it."
    )
    assert (stands(case), balance(ada)) == ("waiting_for_second_agent", 0)
    assert "The log shows it." not in world.look(ada, f"/cases/{case.number}/")

    own = world.press(sam, desk(case, "confirm/"), note="")
    assert own.status_code == 403
    assert "Sam proposed 40 credits" in world.look(mia, desk(case, "confirm/"))
    world.press(mia, desk(case, "confirm/"), note="I see it too.")
    assert (stands(case), balance(ada), Refund.objects.get().basis) == ("approved", 40, "server_error")
    assert world.press(mia, desk(case, "confirm/"), note="").status_code == 409
    ledger_is_clean()


def test_a_struck_dependency_makes_it_eligible_as_of_the_opening(world, ada, sam, bark, oak):
    """The bark came along with the oak trees without Ada noticing; asked on day 29, struck on day 40."""
    purchase = world.buys(ada, bark, days_ago=29)
    world.buys(ada, oak, days_ago=28)
    along = fetch(ada, bark, at=world.now - timedelta(days=27), because_of=oak)
    case = world.asks(ada, purchase, "never_downloaded")
    world.days_go_by(11)

    page = world.look(sam, f"/admin/storefront/download/{along.pk}/strike/")
    assert "because Oak trees requires it" in page
    assert "15 credits go back at once" in page
    done = world.press(sam, f"/admin/storefront/download/{along.pk}/strike/", why="She never asked for it.")
    assert done["Location"] == desk(case)

    refund = Refund.objects.get()
    assert (stands(case), refund.basis, balance(ada)) == ("approved", "policy", 15)
    assert "Struck a download" in world.look(ada, f"/cases/{case.number}/")
    late = world.press(sam, f"/admin/storefront/download/{along.pk}/strike/", why="Again.")
    assert late.status_code == 409
    ledger_is_clean()


def test_wrong_credits_on_a_refunded_purchase_are_explained_or_made_good(world, ada, sam, lea, oak):
    purchase = world.buys(ada, oak, days_ago=3)
    page = world.look(ada, f"/purchases/{purchase.number}/refund/")
    key = re.search(r'name="key" value="([^"]+)"', page)
    world.press(ada, f"/purchases/{purchase.number}/refund/", key=key[1], expected_credits="40")
    assert status(purchase) == "refunded"

    form = world.look(ada, f"/cases/new/?invoice={purchase.number}&grounds=credits_wrong")
    assert re.findall(r'<option value="(\w+)"', form) == ["credits_wrong", "other"]
    case = world.asks(ada, purchase, "credits_wrong")
    assert stands(case) == "waiting_for_support"
    assert "The wallet adds up" in world.look(sam, desk(case))
    assert world.press(sam, desk(case, "approve/"), credits="40", note="").status_code == 422
    forbidden = world.press(sam, desk(case, "answer/"), note="Here.", credits="5")
    assert forbidden.status_code == 403
    world.press(lea, desk(case, "answer/"), note="The page was slow; these are for the trouble.", credits="5")

    case.refresh_from_db()
    assert (case.state, case.compensation.issued, balance(ada)) == ("answered", 5, 45)
    assert Refund.objects.count() == 1
    assert "5 credits" in world.look(ada, f"/cases/{case.number}/")
    ledger_is_clean()


def test_ada_refuses_what_a_publisher_asks_in_her_name(world, ada, sam, gil, oak, verified):
    purchase = world.buys(ada, oak, days_ago=45)
    page = world.look(gil, "/portal/refunds/new/", invoice=purchase.number)
    key = re.search(r'name="key" value="([^"]+)"', page)
    world.press(
        gil,
        "/portal/refunds/new/",
        key=key[1],
        email="hello@grove.example",
        subject="Refund",
        product="Recredit",
        invoice=purchase.number,
        items=["oak"],
        description="The customer wrote to us.",
    )
    case = Case.objects.get()
    assert stands(case) == "waiting_for_customer"
    early = world.press(sam, desk(case, "approve/"), credits="40", note="")
    assert (early.status_code, balance(ada)) == (409, 0)

    assert "No, I want to keep it" in world.look(ada, f"/cases/{case.number}/")
    world.press(ada, f"/cases/{case.number}/answer/", mine="no")
    assert stands(case) == "withdrawn"
    late = world.press(sam, desk(case, "approve/"), credits="40", note="")
    assert late.status_code == 409
    assert (status(purchase), balance(ada), Refund.objects.count()) == ("completed", 0, 0)
    assert [row["refunded"] for row in verified(purchase)] == ["No"]
    ledger_is_clean()
