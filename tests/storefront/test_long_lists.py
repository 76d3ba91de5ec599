"""A history finds its page by an index, however long it is."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from doors.paging import page_of
from storefront.models import Purchase
from tests.world import asset, buy

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture
def as_if_it_were_large(ada, ben, oak):
    """Three hundred of three thousand purchases are Ada's, and the planner knows: in a small table any way of reading is
    as good as another. All are dated ahead, beyond the pages that are asked for."""
    pattern = buy(ben, asset("leaf", "Leaves", by=oak.publisher, price=0))
    Purchase.objects.bulk_create(
        Purchase(
            **kept(pattern)
            | {
                "number": f"IN99{number:010}",
                "customer_id": (ben if number % 10 else ada).pk,
                "created_at": datetime(2031, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
            }
        )
        for number in range(3_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE storefront_purchase")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        # Where no index gave the order it would sort all the same.
        cursor.execute("SET LOCAL enable_sort = off")


def kept(purchase):
    """Everything but the key, for a copy."""
    columns = purchase._meta.concrete_fields
    return {column.attname: getattr(purchase, column.attname) for column in columns if not column.primary_key}


def test_the_history_is_read_off_its_index_without_sorting(ada, as_if_it_were_large):
    newest = Purchase.objects.owned_by(ada).order_by("-created_at", "-pk")[:51]
    told = newest.explain()
    assert "purchase_history" in told
    assert "Sort" not in told


def test_a_later_page_enters_the_index_where_it_begins(rf, ada, oak, as_if_it_were_large):
    buy(ada, oak)
    request = rf.get("/purchases/", {"before": "2030-01-01T00:00:00+00:00_7"})
    with CaptureQueriesContext(connection) as seen:
        page = page_of(request, Purchase.objects.owned_by(ada), by="created_at")
    assert [row.title for row in page.rows] == ["Oak trees"]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {seen[0]['sql']}")
        told = "\n".join(line for (line,) in cursor.fetchall())
    condition = next(line for line in told.splitlines() if "Index Cond" in line)
    assert "created_at" in condition
    assert "Sort" not in told
