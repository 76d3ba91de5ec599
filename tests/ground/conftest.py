import pytest

from credits.models import Lot
from tests.ground.scratch import scratch_table
from tests.world import give


@pytest.fixture
def scratch(db):
    with scratch_table() as model:
        yield model


@pytest.fixture
def lots(ada, ben):
    """Of each of them one that ends and one that does not."""
    for customer in (ada, ben):
        give(customer, 30, kind="promo", days_ago=1.000001, expires_in=5)
        give(customer, 20)
    return list(Lot.objects.order_by("id"))
