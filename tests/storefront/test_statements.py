"""Buying, downloading and redeeming cost the same few statements for 1 item as for 500, from 1 lot as from 50."""

from datetime import timedelta
from functools import partial

import pytest

from credits.codes import redeem_code
from credits.models import Code
from ground.receipts import Asking
from storefront.models import Purchase
from storefront.services import Wanted, download
from tests.statements import constant, statements, stocked
from tests.storefront.test_buying import order
from tests.world import NOW, asset, balance, give

pytestmark = pytest.mark.django_db(transaction=True)

LOTS = (1, 50)
PRICE = 600


def fill(customer, lots, credits=PRICE):
    for n in range(lots):
        give(customer, credits // lots, days_ago=300 - n)


def click(customer, assets, *, minutes):
    wanted = [Wanted(one) for one in assets]
    at = NOW + timedelta(minutes=minutes)
    return download(customer=customer, wanted=wanted, told="", door="page", now=at)


def test_statements_stay_constant_from_1_item_to_500_and_from_1_lot_to_50(ada, grove, figure):
    bought, fetched, again = {}, {}, {}
    for size in (1, 10, 500):
        for lots in LOTS:
            bundle, assets = stocked(grove, size, slug=f"of-{size}-{lots}", price=PRICE)
            fill(ada, lots)
            answer, bought[size, lots] = statements(
                partial(order, ada, bundle, credits=PRICE, key=bundle.slug)
            )
            purchase = Purchase.objects.get(pk=answer.outcome.pk)
            assert (purchase.items.count(), balance(ada)) == (size, 0)
            assert purchase.payment.usages.count() == lots
            _, fetched[size, lots] = statements(partial(click, ada, assets, minutes=1))
            _, again[size, lots] = statements(partial(click, ada, assets, minutes=2))
            purchase.refresh_from_db()
            assert (purchase.downloaded_count, purchase.downloaded_price) == (size, 2 * size)
            assert purchase.downloads.count() == 2 * size
    for name, asked, most in (
        ("buying a bundle", bought, 18),
        ("downloading", fetched, 10),
        ("downloading again", again, 10),
    ):
        figure(f"{name} of 1, 10 or 500 items over 1 or 50 lots: {constant(asked, most=most)} statements")


def test_an_asset_takes_the_same_few_statements_from_1_lot_and_from_50(ada, grove, figure):
    bought, fetched = {}, {}
    for lots in LOTS:
        single = asset(f"single-{lots}", "Single", by=grove, price=PRICE)
        fill(ada, lots)
        answer, bought[lots] = statements(partial(order, ada, single, credits=PRICE, key=single.slug))
        assert answer.outcome.payment.usages.count() == lots
        _, fetched[lots] = statements(partial(click, ada, [single], minutes=1))
    buying, downloading = constant(bought, most=18), constant(fetched, most=10)
    figure(f"buying one asset from 1 or 50 lots: {buying} statements, its first download {downloading}")


def test_a_code_takes_the_same_few_statements_in_a_wallet_of_1_lot_and_of_50(ada, ben, figure):
    Code.objects.create(code="WELCOME50", credits=50, kind="promo", uses=9, per_user=1, created_at=NOW)
    redeemed = {}
    for person, lots in ((ada, 1), (ben, 50)):
        fill(person, lots)
        asking = Asking(
            person=person, key="code", what="", now=NOW, door="page", write=lambda outcome: (200, "")
        )
        answer, redeemed[lots] = statements(partial(redeem_code, asking=asking, text="welcome50"))
        assert (answer.outcome.balance, balance(person)) == (650, 650)
    figure(f"redeeming a code into a wallet of 1 or 50 lots: {constant(redeemed, most=10)} statements")
