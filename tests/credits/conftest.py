from itertools import count

import pytest

from credits import ledger
from credits.ledger import Wallet
from tests.credits.plain import ADA


@pytest.fixture
def wallet():
    """Ada's, whose things get their ids at once."""
    return Wallet(ADA, ids={kind: count(1) for kind in (ledger.Lot, ledger.Payment, ledger.Usage)})
