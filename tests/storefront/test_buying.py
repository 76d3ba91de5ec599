"""Buying: what is frozen, what is paid, what is refused."""

import pytest

from storefront.models import PurchaseItem
from tests.world import balance, buy, fetch, give

pytestmark = pytest.mark.django_db


def test_ada_buys_the_forest_and_its_items_are_frozen(ada, forest):
    give(ada, 100)
    purchase = buy(ada, forest, with_credits=False)
    assert balance(ada) == 20
    assert purchase.number == "IN010000000001"
    assert list(purchase.items.values_list("title", "original_price", "share")) == [
        ("Oak trees", 40, 31),
        ("Ferns", 30, 23),
        ("Moss", 20, 15),
        ("Bark", 15, 11),
    ]


def test_a_download_counts_once_for_its_item(ada, forest, oak, bark):
    purchase = buy(ada, forest, days_ago=2, downloaded=[oak, oak])
    fetch(ada, bark, because_of=oak)
    purchase.refresh_from_db()
    assert (purchase.downloaded_count, purchase.downloaded_price) == (2, 55)
    assert PurchaseItem.objects.filter(first_downloaded_at=None).count() == 2
