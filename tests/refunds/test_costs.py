"""What a click on Download would cost, and that it then costs just that."""

import pytest

from refunds.costs import download_costs
from refunds.services import quote
from storefront.models import Purchase
from tests.world import NOW, bundle, buy, fetch

pytestmark = pytest.mark.django_db


def costs(person, *assets):
    found = download_costs(customer=person, clicks={"click": assets}, now=NOW)["click"]
    return [
        (cost.purchase.number, cost.credits_before, cost.credits_after, cost.eligible_after) for cost in found
    ]


def test_a_single_asset_is_no_longer_refundable(ada, oak):
    purchase = buy(ada, oak, days_ago=3)
    assert costs(ada, oak) == [(purchase.number, 40, 0, False)]


def test_an_item_lowers_its_bundle_by_its_original_price(ada, forest, fern):
    purchase = buy(ada, forest, days_ago=3)
    assert costs(ada, fern) == [(purchase.number, 80, 50, True)]


def test_dependencies_cost_too_each_its_own_purchase(ada, forest, oak, bark):
    alone = buy(ada, bark, days_ago=9)
    together = buy(ada, forest, days_ago=3)
    assert costs(ada, oak, bark) == [(alone.number, 15, 0, False), (together.number, 80, 40, True)]


def test_a_third_of_four_items_closes_the_bundle(ada, forest, oak, fern, moss):
    purchase = buy(ada, forest, days_ago=3, downloaded=[oak, fern])
    assert costs(ada, moss) == [(purchase.number, 10, 0, False)]


def test_what_was_downloaded_before_costs_nothing(ada, forest, oak):
    buy(ada, forest, days_ago=3, downloaded=[oak])
    assert costs(ada, oak) == []


def test_what_cannot_be_refunded_any_more_costs_nothing(ada, oak):
    buy(ada, oak, days_ago=31)
    assert costs(ada, oak) == []


def test_a_free_asset_is_told_too_since_its_refund_ends(ada, moss):
    moss.price = 0
    moss.save()
    purchase = buy(ada, moss, days_ago=1)
    assert costs(ada, moss) == [(purchase.number, 0, 0, False)]


def test_what_nobody_owns_costs_nothing(ada, ben, oak):
    buy(ben, oak)
    assert costs(ada, oak) == []


def test_the_click_then_costs_what_was_told(ada, forest, oak, fern, moss, bark):
    purchase = buy(ada, forest, days_ago=3)
    for asset in (moss, bark, oak, fern):
        told = costs(ada, asset)
        before = quote(purchase=purchase, requester=ada, now=NOW).decision
        fetch(ada, asset)
        after = quote(purchase=Purchase.objects.get(), requester=ada, now=NOW).decision
        changed = (before.eligible, before.credits) != (after.eligible, after.credits)
        expected = [(purchase.number, before.credits, after.credits, after.eligible)] if changed else []
        assert told == expected


def test_a_page_of_many_clicks_takes_two_statements(ada, grove, django_assert_num_queries):
    from tests.world import asset

    assets = [asset(f"stone-{n}", f"Stone {n}", by=grove, price=5) for n in range(30)]
    buy(ada, bundle("quarry-set", "Quarry set", by=grove, price=90, holds=assets))
    with django_assert_num_queries(2):
        found = download_costs(customer=ada, clicks={one.slug: [one] for one in assets}, now=NOW)
    assert {len(costs) for costs in found.values()} == {1}
