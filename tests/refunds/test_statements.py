"""A refund is a constant, small number of statements, whatever it is a refund of."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from refunds.services import quote
from storefront.models import Purchase
from tests.refunds.test_refunding import ask
from tests.world import NOW, asset, bundle, buy, give

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def statements(act) -> int:
    """Without BEGIN and COMMIT, and what the connection asks of itself."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        act()
    return sum(query["sql"].split(" ")[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"} for query in captured)


def large_purchase(customer, grove, *, items, lots, downloads):
    assets = [asset(f"part-{items}-{lots}-{n}", f"Part {n}", by=grove, price=2) for n in range(items)]
    whole = bundle(f"whole-{items}-{lots}", f"Whole of {items}", by=grove, price=items, holds=assets)
    for n in range(lots):
        give(customer, items // lots + (n < items % lots), kind="paid", days_ago=100 - n)
    return buy(customer, whole, days_ago=2, downloaded=assets[:downloads], with_credits=False)


@pytest.mark.parametrize("downloads", [0, 1])
def test_one_item_or_five_hundred_one_lot_or_fifty(ada, grove, figure, downloads):
    counted = {}
    for items, lots in ((10, 1), (500, 1), (500, 50)):
        purchase = large_purchase(ada, grove, items=items, lots=lots, downloads=downloads)
        back = items - 2 * downloads
        to_judge = Purchase.objects.to_judge().get(pk=purchase.pk)
        quoted = statements(lambda p=to_judge: quote(purchase=p, requester=ada, now=NOW))
        booked = statements(lambda p=purchase, c=back: ask(ada, p, c, key=p.number))
        counted[items, lots] = (quoted, booked)
    assert len(set(counted.values())) == 1, counted
    quoted, booked = counted[500, 50]
    assert quoted <= 4
    assert booked <= 24
    kind = "partial" if downloads else "full"
    figure(f"a {kind} refund of 10 or 500 items over 1 or 50 lots: {booked} statements, its quote {quoted}")
