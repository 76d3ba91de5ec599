"""Every page of the desk, as the browser shows it to agents and leads: on a phone and a desk, in light and dark."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Publisher, User
from ground.receipts import Asking
from refunds import cases
from refunds.models import Denial, Refund
from refunds.services import request_refund
from storefront.models import Asset, Bundle
from tests.refunds.requests import approve, ask, unconfirmed, yes
from tests.world import buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[[str], Page]


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def store(
    ada: User,
    ben: User,
    sam: User,
    gil: User,
    grove: Publisher,
    oak: Asset,
    fern: Asset,
    forest: Bundle,
    now: datetime,
) -> SimpleNamespace:
    """A store in which every page of the desk has something to show."""
    old = buy(ada, forest, days_ago=45, now=now)
    download = fetch(ada, oak, at=now - timedelta(days=44))
    case = ask(ada, old, now=now, key="a")
    cases.do("note", case=case, by=sam, note="She called before.", now=now)
    yes(case, grove, gil, now=now)
    buy(ben, fern, days_ago=5, now=now)
    second = buy(ben, fern, days_ago=4, again=True, now=now)
    unconfirmed(second)
    wrong = ask(ben, None, "credits_wrong", now=now, key="b")
    erred = buy(ben, oak, days_ago=45, now=now)
    proposed = ask(ben, erred, "server_error", now=now, key="c")
    approve(proposed, sam, 40, private_note="The log shows it.", now=now)
    refunded = buy(ada, fern, days_ago=2, again=True, now=now)
    for purchase, credits in ((refunded, 30), (old, 0)):
        asking = Asking(
            person=ada,
            key=purchase.number,
            what=purchase.number,
            now=now,
            door="page",
            write=lambda _: (201, ""),
        )
        request_refund(asking=asking, purchase=purchase, expected_credits=credits)
    return SimpleNamespace(
        case=case, old=old, download=download, wrong=wrong, proposed=proposed, refunded=refunded, customer=ada
    )


PAGES = {
    "front": "/admin/",
    "queue": "/admin/refunds/case/",
    "case": "/admin/refunds/case/{case}/",
    "wrong credits": "/admin/refunds/case/{wrong}/",
    "second agent": "/admin/refunds/case/{proposed}/",
    "approve": "/admin/refunds/case/{case}/approve/",
    "reject": "/admin/refunds/case/{case}/reject/?canned=1",
    "answer": "/admin/refunds/case/{wrong}/answer/",
    "assign": "/admin/refunds/case/{case}/assign/",
    "ask the publishers": "/admin/refunds/case/{case}/ask-publisher/",
    "hand over": "/admin/refunds/case/{case}/hand-over/",
    "note": "/admin/refunds/case/{case}/note/",
    "confirm": "/admin/refunds/case/{proposed}/confirm/",
    "take back": "/admin/refunds/case/{proposed}/take-back/",
    "verify": "/admin/verify-invoice/?number={old}",
    "duplicates": "/admin/duplicates/",
    "purchases": "/admin/storefront/purchase/",
    "purchase": "/admin/storefront/purchase/{old}/",
    "charge-back": "/admin/storefront/purchase/{old}/charge-back/",
    "strike": "/admin/storefront/download/{download}/strike/",
    "refunds": "/admin/refunds/refund/",
    "refund": "/admin/refunds/refund/{refund}/change/",
    "denial": "/admin/refunds/denial/{denial}/change/",
    "items": "/admin/storefront/purchaseitem/",
    "downloads": "/admin/storefront/download/",
    "audit trail": "/admin/accounts/auditline/",
    "people": "/admin/accounts/user/",
    "person": "/admin/accounts/user/{customer}/change/",
    "roles": "/admin/accounts/user/{customer}/roles/",
    "publishers": "/admin/accounts/publisher/",
}


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_the_desk_looks_right(
    name: str,
    store: SimpleNamespace,
    lea: User,
    sign_in: Callable[[User], None],
    open_page: Open,
    looks_right: Callable[[], None],
) -> None:
    sign_in(lea)
    address = PAGES[name].format(
        case=store.case.number,
        wrong=store.wrong.number,
        proposed=store.proposed.number,
        old=store.old.number,
        download=store.download.pk,
        refund=Refund.objects.get().pk,
        denial=Denial.objects.get().pk,
        customer=store.customer.pk,
    )
    page = open_page(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    looks_right()


def test_an_agent_works_with_the_keys_alone(
    store: SimpleNamespace, sam: User, sign_in: Callable[[User], None], open_page: Open
) -> None:
    """J and Enter open a request, g q leads back, g v to the look-up, / to the search."""
    sign_in(sam)
    page = open_page("/admin/refunds/case/")
    first = page.locator("tbody tr").first.get_by_role("link")
    number = first.inner_text()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(number)
    page.keyboard.press("g")
    page.keyboard.press("q")
    expect(page.get_by_role("heading", level=1)).to_have_text("Requests")
    page.keyboard.press("g")
    page.keyboard.press("v")
    expect(page.get_by_role("heading", level=1)).to_have_text("Verify invoice")
    page.keyboard.press("/")
    page.keyboard.type(store.old.number.lower())
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_contain_text("Forest")
