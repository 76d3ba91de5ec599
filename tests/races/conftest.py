"""The guards removed: each the product's own statement, but for its lock."""

import pytest

from credits import books
from ground.prepared import Prepared
from storefront.models import purchases


@pytest.fixture
def no_wallet_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wallets are read without waiting for anybody."""
    monkeypatch.setattr(books, "_wallets", unlocked(books._wallets))


@pytest.fixture
def no_purchase_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Purchases are read without waiting for anybody."""
    monkeypatch.setattr(purchases, "_locked", unlocked(purchases._locked))


@pytest.fixture
def no_locks(no_wallet_lock: None, no_purchase_lock: None) -> None:
    """Neither wallets nor purchases are waited for."""


def unlocked(query: Prepared) -> Prepared:
    assert query._lock is not None, "it locks nothing, so there is no guard to remove"
    return Prepared(query._build)
