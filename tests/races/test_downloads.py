"""Many at once on one purchase's downloads. Each test has a twin without the guard, which sees the harm."""

from datetime import timedelta
from functools import partial

import pytest

from accounts import audit
from storefront.models import Download, Purchase, PurchaseItem
from storefront.services import Wanted, download, strike
from tests.races.together import Gate, together
from tests.world import NOW, asset, bundle, buy, fetch

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def click(person, *assets, at=NOW):
    return download(customer=person, wanted=[Wanted(one) for one in assets], told="", door="page", now=at)


@pytest.fixture
def plants(ada, grove):
    """Ten assets of 10 credits, bought as one bundle."""
    assets = [asset(f"plant-{number}", f"Plant {number}", by=grove, price=10) for number in range(10)]
    buy(ada, bundle("plants", "Plants", by=grove, price=60, holds=assets))
    return assets


def counters():
    return Purchase.objects.values_list("downloaded_count", "downloaded_price").get()


def test_twenty_threads_download_one_item_and_the_counter_moves_by_one(ada, plants, figure):
    told = together(*[partial(click, ada, plants[0])] * 20)
    assert all(isinstance(one, list) for one in told)
    assert Download.objects.count() == 20
    assert counters() == (1, 10)
    figure(f"20 threads, one item: {Download.objects.count()} downloads recorded, {counters()[0]} counted")


def test_twenty_threads_download_ten_items_and_every_item_is_counted_once(ada, plants, figure):
    told = together(*(partial(click, ada, one) for one in plants * 2))
    assert all(isinstance(one, list) for one in told)
    assert counters() == (10, 100)
    figure(f"20 threads, ten items: {Download.objects.count()} downloads recorded, {counters()[0]} counted")


def test_twin_without_the_lock_downloads_are_lost_from_the_count(ada, plants, no_purchase_lock):
    together(*(partial(click, ada, one) for one in plants * 2))
    assert PurchaseItem.objects.exclude(first_downloaded_at=None).count() == 10
    assert counters()[0] < 10


def test_clicks_over_several_purchases_in_any_order_never_wait_in_a_ring(ada, grove, figure):
    assets = [asset(f"plant-{number}", f"Plant {number}", by=grove, price=10) for number in range(6)]
    for one in assets:
        buy(ada, one)
    for turn in range(10):
        told = together(
            *(partial(click, ada, *order) for order in (assets, assets[::-1], assets[3:] + assets[:3]))
        )
        assert all(isinstance(one, list) for one in told), (turn, told)
    assert set(Purchase.objects.values_list("downloaded_count", "downloaded_price")) == {(1, 10)}
    figure(
        f"clicks over six purchases, three orders at once: {Download.objects.count()} downloads, no deadlock"
    )


@pytest.fixture
def gate(monkeypatch):
    """A strike stops just before it is committed, when it has counted what is left."""
    gate, record = Gate(), audit.record

    def stop_and_record(**line):
        gate.stop()
        return record(**line)

    monkeypatch.setattr(audit, "record", stop_and_record)
    return gate


def strike_and_download(ada, sam, plant, gate):
    struck = fetch(ada, plant)
    return together(
        lambda: strike(download=struck, by=sam, why="Broken", now=NOW),
        lambda: gate.when_reached(lambda: click(ada, plant, at=NOW + timedelta(hours=1))),
    )


def test_a_repeat_waits_for_a_strike_and_then_counts_as_the_first(ada, sam, plants, gate):
    told = strike_and_download(ada, sam, plants[0], gate)
    assert not [one for one in told if isinstance(one, Exception)]
    assert counters() == (1, 10)
    assert PurchaseItem.objects.get(asset=plants[0]).first_downloaded_at == NOW + timedelta(hours=1)


def test_twin_without_the_lock_a_file_is_had_that_nobody_counts(ada, sam, plants, gate, no_purchase_lock):
    strike_and_download(ada, sam, plants[0], gate)
    assert Download.objects.filter(struck_at=None).count() == 1
    assert counters() == (0, 0)
