"""The queue and the lists: what leads, what a filter means, and how many statements a list takes."""

from datetime import timedelta

import pytest

from tests.desk.opening import open_case, text
from tests.refunds.requests import ask
from tests.world import buy

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_oldest_deadline_stands_first_and_overdue_leads(as_sam, ada, ben, oak, fern, now):
    late = ask(ada, buy(ada, oak, now=now), "server_error", now=now - timedelta(days=10), key="a")
    soon = ask(ben, buy(ben, fern, now=now), "server_error", now=now, key="b")
    page = text(as_sam.get("/admin/refunds/case/"))
    assert page.index(late.number) < page.index(soon.number)
    assert "overdue" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=waiting_for_support", "store"),
        ("state=waiting_for_publisher", "window"),
        ("grounds=server_error", "store"),
        ("publisher=grove", "both"),
        ("publisher=quarry", "none"),
        ("whose=mine", "none"),
        ("whose=nobody", "both"),
        ("due=overdue", "none"),
        ("due=week", "store"),
        ("age=1", "both"),
        ("age=older", "none"),
        ("state=all", "both"),
        ("state=approved", "none"),
        ("decided=week", "none"),
        ("state=nonsense&after=nonsense&due=x", "both"),
    ],
)
def test_filters_say_what_they_mean(as_sam, ada, oak, fern, quarry, now, asked, found):
    store = open_case(ada, oak, now, days_ago=1, grounds="server_error")
    window = open_case(ada, fern, now)
    page = text(as_sam.get(f"/admin/refunds/case/?{asked}"))
    assert (store.number in page, window.number in page) == {
        "store": (True, False),
        "window": (False, True),
        "both": (True, True),
        "none": (False, False),
    }[found]


def test_a_case_is_found_by_number_invoice_in_any_spelling_and_address(as_sam, ada, ben, oak, fern, now):
    case, other = open_case(ada, oak, now), open_case(ben, fern, now)
    digits = case.purchase.number[2:]
    for words in (
        case.number,
        case.number.lower(),
        case.purchase.number,
        f"in {digits[:4]} {digits[4:8]}-{digits[8:]}",
        "ADA@example.com",
    ):
        page = text(as_sam.get("/admin/refunds/case/", {"q": words}))
        assert case.number in page, words
        assert other.number not in page, words


def test_lists_take_a_fixed_number_of_statements(as_sam, ada, oak, now, django_assert_max_num_queries):
    def count(address):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert as_sam.get(address).status_code == 200
        return len(asked)

    lists = ["/admin/refunds/case/", "/admin/storefront/purchase/", "/admin/refunds/refund/", "/admin/"]
    open_case(ada, oak, now)
    first = [count(address) for address in lists]
    for n in range(5):
        ask(ada, buy(ada, oak, days_ago=45, again=True, now=now), now=now, key=f"more{n}")
    assert [count(address) for address in lists] == first
    assert max(first) < 25


def test_no_list_is_counted(as_sam, ada, oak, now):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    open_case(ada, oak, now)
    for address in ("/admin/storefront/purchase/", "/admin/refunds/case/", "/admin/accounts/user/"):
        with CaptureQueriesContext(connection) as asked:
            as_sam.get(address)
        assert not [one["sql"] for one in asked if "COUNT(" in one["sql"]], address


def test_lists_are_paged_by_key(as_sam, ada, oak, now, monkeypatch):
    from doors.desk import rows

    monkeypatch.setattr(rows, "A_PAGE", 2)
    purchases = [buy(ada, oak, days_ago=5, again=True, now=now) for _ in range(5)]
    first = text(as_sam.get("/admin/storefront/purchase/"))
    assert [one.number in first for one in purchases] == [False, False, False, True, True]
    second = text(as_sam.get(f"/admin/storefront/purchase/?before={purchases[3].pk}"))
    assert [one.number in second for one in purchases] == [False, True, True, False, False]
