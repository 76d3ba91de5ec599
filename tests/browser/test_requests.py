"""The nine requests to support once more, by people who click: customers, publishers and agents in their browsers."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from refunds.cases import escalate_cases
from refunds.models import Case, Refund
from storefront.models import Purchase
from tests.refunds.requests import unconfirmed
from tests.world import balance, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = "I bought this for a project that was called off, and nobody here has ever opened it."


class Day:
    """One browser that people share, one after the other, and one clock."""

    def __init__(self, sign_in: Callable[[User], None], open_page: Callable[[str], Page]) -> None:
        self.sign_in, self.open_page = sign_in, open_page
        self.now = timezone.now()

    def sits_down(self, person: User, address: str) -> Page:
        self.sign_in(person)
        return self.open_page(address)

    def buys(self, person: User, thing: Any, *, days_ago: float, **more: Any) -> Purchase:
        return buy(person, thing, days_ago=days_ago, now=self.now, **more)

    def asks(self, person: User, purchase: Purchase, grounds: str) -> Case:
        page = self.sits_down(person, f"/cases/new/?invoice={purchase.number}&grounds={grounds}")
        page.get_by_label("What happened?").fill(TOLD)
        page.get_by_role("button", name="Send the request").click()
        expect(page.get_by_text("Your request is with us.")).to_be_visible()
        return Case.objects.get(purchase=purchase)

    def answers(self, member: User, case: Case, act: str, note: str) -> None:
        page = self.sits_down(member, f"/portal/refunds/{case.number}/{act}/")
        page.get_by_role("textbox").first.fill(note)
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_load_state()

    def approves(self, agent: User, case: Case, note: str = "Gladly.", *, credits: int | None = None) -> Page:
        """Two clicks from the queue: the request, Approve, the button."""
        page = self.sits_down(agent, f"/admin/refunds/case/{case.number}/")
        page.get_by_role("link", name="Approve", exact=True).click()
        expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
        if credits is not None:
            page.get_by_label("Credits to give back").fill(str(credits))
        page.get_by_label("Note to the customer").fill(note)
        page.get_by_role("button", name="Approve these credits").click()
        page.wait_for_load_state()
        return page


@pytest.fixture
def day(
    monkeypatch: pytest.MonkeyPatch, sign_in: Callable[[User], None], open_page: Callable[[str], Page]
) -> Day:
    made = Day(sign_in, open_page)
    clock = SimpleNamespace(now=lambda: made.now, override=timezone.override)
    monkeypatch.setattr("accounts.middleware.timezone", clock)
    return made


def state(case: Case) -> str:
    case.refresh_from_db()
    return case.state


def test_an_old_purchase_from_the_list_to_the_credits(day, ada, sam, gil, oak):
    purchase = day.buys(ada, oak, days_ago=45)
    page = day.sits_down(sam, "/admin/storefront/purchase/")
    page.get_by_role("row", name=purchase.number).get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label="Open manual refund request")
    page.get_by_role("button", name="Go").click()
    page.get_by_label("Note").fill("She called us.")
    page.get_by_role("button", name="Open the request").click()
    expect(page.get_by_text("Waiting for the publisher").first).to_be_visible()
    case = Case.objects.get()
    day.answers(gil, case, "authorise", "Of course.")
    page = day.approves(sam, case)
    expect(page.get_by_text("The request is approved, and the credits are back.")).to_be_visible()
    page = day.sits_down(ada, "/credits/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert (balance(ada), state(case)) == (40, "approved")


def test_a_no_is_overruled_by_a_lead(day, ada, sam, lea, gil, oak):
    case = day.asks(ada, day.buys(ada, oak, days_ago=45), "not_as_described")
    day.answers(gil, case, "decline", "It is exactly as described.")
    page = day.sits_down(sam, f"/admin/refunds/case/{case.number}/approve/")
    expect(page.get_by_text("only a lead approves").first).to_be_visible()
    page = day.sits_down(lea, f"/admin/refunds/case/{case.number}/approve/")
    expect(page.get_by_text("every publisher keeps its whole share")).to_be_visible()
    day.approves(lea, case, "As goodwill.")
    assert (balance(ada), Refund.objects.get().basis) == (40, "goodwill")


def test_a_silence_is_seen_when_time_has_passed(day, ada, lea, gil, oak):
    case = day.asks(ada, day.buys(ada, oak, days_ago=45), "incompatible")
    day.now += timedelta(days=14.1)
    escalate_cases(day.now)
    page = day.sits_down(lea, f"/admin/refunds/case/{case.number}/")
    expect(page.get_by_text("Grove Studio did not answer in time")).to_be_visible()
    day.approves(lea, case, "They never answered.")
    assert (balance(ada), Refund.objects.get().basis) == (40, "goodwill")


def test_two_publishers_disagree(day, ada, sam, gil, quinn, cliff):
    purchase = day.buys(ada, cliff, days_ago=45)
    case = day.asks(ada, purchase, "incompatible")
    day.answers(quinn, case, "authorise", "Fine.")
    day.answers(gil, case, "decline", "The moss works with everything.")
    page = day.sits_down(sam, f"/admin/refunds/case/{case.number}/approve/")
    expect(page.get_by_label("Credits to give back")).to_have_value("20")
    expect(page.get_by_label("Moss")).to_be_checked()
    expect(page.get_by_label("Slate")).not_to_be_checked()
    day.approves(sam, case, "The slate goes back.")
    assert dict(purchase.items.values_list("asset__slug", "kept_share")) == {"slate": 0, "moss": 16}


def test_a_duplicate_is_found_in_the_list(day, ada, sam, gil, oak):
    day.buys(ada, oak, days_ago=60)
    second = day.buys(ada, oak, days_ago=45, again=True)
    unconfirmed(second)
    page = day.sits_down(sam, "/admin/")
    page.get_by_role("link", name="Duplicate charges nobody asked about").click()
    page.get_by_role("link", name="90 days").click()
    page.get_by_label(f"Choose {second.number}").check()
    page.get_by_role("button", name="Open requests for the chosen ones").click()
    page.get_by_label("Grounds").select_option("duplicate_charge")
    page.get_by_label("Note").fill("Charged twice, we think.")
    page.get_by_role("button", name="Open the request").click()
    expect(page.get_by_text("duplicate charge", exact=True)).to_be_visible()
    day.approves(sam, Case.objects.get(), "Charged twice, we are sorry.")
    assert (balance(ada), Refund.objects.get().basis) == (40, "duplicate_charge")


def test_a_server_error_needs_a_second_pair_of_eyes(day, ada, sam, mia, oak):
    case = day.asks(ada, day.buys(ada, oak, days_ago=45), "server_error")
    page = day.approves(sam, case, "The log of that day shows our crash.")
    expect(page.get_by_text("waits for a second agent; nothing is paid yet")).to_be_visible()
    page = day.sits_down(mia, f"/admin/refunds/case/{case.number}/")
    page.get_by_role("link", name="Confirm").click()
    page.get_by_role("button", name="Confirm and pay").click()
    expect(page.get_by_text("The request is approved and paid.")).to_be_visible()
    assert (balance(ada), Refund.objects.get().basis) == (40, "server_error")


def test_a_struck_dependency_pays_at_once(day, ada, sam, bark, oak):
    purchase = day.buys(ada, bark, days_ago=29)
    day.buys(ada, oak, days_ago=28)
    fetch(ada, bark, at=day.now - timedelta(days=27), because_of=oak)
    case = day.asks(ada, purchase, "never_downloaded")
    page = day.sits_down(sam, f"/admin/refunds/case/{case.number}/")
    page.get_by_role("link", name="Strike").click()
    expect(page.get_by_text("15 credits go back at once")).to_be_visible()
    page.get_by_label("Why").fill("She never asked for it.")
    page.get_by_role("button", name="Strike", exact=True).click()
    expect(page.get_by_text("is approved and paid")).to_be_visible()
    assert (balance(ada), state(case)) == (15, "approved")


def test_wrong_credits_are_made_good_by_a_lead(day, ada, lea, oak):
    purchase = day.buys(ada, oak, days_ago=3)
    page = day.sits_down(ada, f"/purchases/{purchase.number}/refund/")
    page.get_by_role("button", name="Refund 40 credits").click()
    page.wait_for_load_state()
    case = day.asks(ada, purchase, "credits_wrong")
    page = day.sits_down(lea, f"/admin/refunds/case/{case.number}/")
    expect(page.get_by_text("The wallet adds up")).to_be_visible()
    page.get_by_role("link", name="Answer", exact=True).click()
    page.get_by_label("Note to the customer").fill("The page was slow; these are for the trouble.")
    page.get_by_label("Compensation in credits").fill("5")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_text("The request is answered.")).to_be_visible()
    page = day.sits_down(ada, f"/cases/{case.number}/")
    expect(page.get_by_text("5 credits were given to you as compensation.")).to_be_visible()
    assert (balance(ada), Refund.objects.count()) == (45, 1)


def test_ada_keeps_what_a_publisher_wanted_to_give_back(day, ada, gil, oak):
    purchase = day.buys(ada, oak, days_ago=45)
    page = day.sits_down(gil, f"/portal/refunds/new/?invoice={purchase.number}")
    page.get_by_label("Description").fill("The customer wrote to us.")
    page.locator("main form[enctype] button[type=submit]").last.click()
    page.wait_for_load_state()
    case = Case.objects.get()
    page = day.sits_down(ada, f"/cases/{case.number}/")
    page.get_by_role("button", name="No, I want to keep it").click()
    expect(page.get_by_text("The request was withdrawn").first).to_be_visible()
    assert (state(case), balance(ada), Refund.objects.count()) == ("withdrawn", 0, 0)


def test_the_pages_of_a_request_look_right(day, ada, gil, oak, fern, looks_right):
    purchase = day.buys(ada, oak, days_ago=45)
    case = day.asks(ada, purchase, "defective")
    day.answers(gil, case, "offer-help", "Have you tried version 2?")
    other = day.buys(ada, fern, days_ago=45)
    for address in (
        "/cases/",
        f"/cases/new/?invoice={other.number}&grounds=other",
        f"/cases/{case.number}/",
        f"/cases/{case.number}/withdraw/",
    ):
        page = day.sits_down(ada, address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        looks_right()
