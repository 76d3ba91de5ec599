"""Buying and downloading cost the same number of statements for 1 item as for 500."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from storefront.models import Asset, AssetFile, Bundle, BundlePart
from storefront.services import Wanted, buy, record_downloads
from tests.world import NOW, give

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def statements(act):
    with CaptureQueriesContext(connection) as seen:
        made = act()
    return made, [one["sql"] for one in seen if not one["sql"].startswith(FRAME)]


def stocked(grove, size):
    """A bundle of this many assets, each with a file, in four statements."""
    assets = Asset.objects.bulk_create(
        Asset(slug=f"of-{size}-{number}", title=f"Asset {number}", publisher=grove, price=3, created_at=NOW)
        for number in range(size)
    )
    AssetFile.objects.bulk_create(
        AssetFile(asset=one, name=f"{one.slug}.zip", added_at=NOW) for one in assets
    )
    bundle = Bundle.objects.create(
        slug=f"of-{size}", title=f"Of {size}", publisher=grove, price=size, created_at=NOW
    )
    BundlePart.objects.bulk_create(
        BundlePart(bundle=bundle, asset=one, position=place) for place, one in enumerate(assets)
    )
    return bundle, assets


def test_statements_stay_constant_from_1_item_to_500(ada, grove, figure):
    bought, fetched, again = {}, {}, {}
    for size in (1, 10, 500):
        bundle, assets = stocked(grove, size)
        give(ada, size)
        with transaction.atomic():
            purchase, bought[size] = statements(
                partial(buy, customer=ada, bundle=bundle, expected_credits=size, now=NOW)
            )
            assert purchase.items.count() == size
            wanted = [Wanted(one) for one in assets]
            later = NOW + timedelta(minutes=1)
            click = partial(record_downloads, customer=ada, wanted=wanted, now=later)
            _, fetched[size] = statements(click)
            _, again[size] = statements(click)
        purchase.refresh_from_db()
        assert (purchase.downloaded_count, purchase.downloaded_price) == (size, 3 * size)
    for name, counted in (("buying", bought), ("downloading", fetched), ("downloading again", again)):
        figures = {size: len(sql) for size, sql in counted.items()}
        assert len(set(figures.values())) == 1, (name, figures)
        figure(
            f"statements for {name}: {', '.join(f'{size} items {count}' for size, count in figures.items())}"
        )
    assert len(bought[500]) <= 20
    assert len(fetched[500]) <= 8


def test_buying_from_many_lots_takes_no_more_statements(ada, grove, figure):
    counts = {}
    for lots in (1, 50):
        bundle, _ = stocked(grove, 100 + lots)
        for number in range(lots):
            give(ada, 200 // lots, days_ago=300 - number)
        with transaction.atomic():
            price = bundle.price
            _, sql = statements(partial(buy, customer=ada, bundle=bundle, expected_credits=price, now=NOW))
        counts[lots] = len(sql)
    assert counts[50] == counts[1]
    figure(f"statements for buying from 1 lot: {counts[1]}, from 50 lots: {counts[50]}")
