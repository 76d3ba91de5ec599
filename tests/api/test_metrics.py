"""What operators ask: is it alive, can it serve, and how is it going."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import Publisher, User
from outbox.models import Message
from refunds.verification import verify
from storefront.models import Asset
from tests.api.conftest import Machine
from tests.world import NOW, buy


@pytest.fixture
def figures(stranger: Machine) -> Callable[[], dict[str, int]]:
    def read() -> dict[str, int]:
        page = stranger.client.get("/metrics").content.decode()
        lines = [line.rsplit(" ", 1) for line in page.splitlines() if not line.startswith("#")]
        return {name.removeprefix("recredit_"): int(value) for name, value in lines}

    return read


def changes(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    return {
        name: after[name] - before[name]
        for name in after
        if after[name] != before[name] and "queue" not in name
    }


def test_quotes_refunds_denials_and_look_ups_are_counted_once_each(
    figures: Callable[[], dict[str, int]],
    adas: Machine,
    ada: User,
    fern: Asset,
    moss: Asset,
    gil: User,
    grove: Publisher,
    the_clock: Callable[..., None],
) -> None:
    good, bad = buy(ada, fern), buy(ada, moss, days_ago=45, downloaded=[moss])
    before = figures()
    for bought, expected in ((good, 30), (bad, 0)):
        adas.get(f"purchases/{bought.number}/refund-quote/")
        adas.post(f"purchases/{bought.number}/refund/", {"expected_credits": expected}, key=bought.number)
    for number in (good.number, "IN990000000001", "IN990000000002"):
        verify(publisher=grove, numbers=[number], by=gil, door="page", now=NOW)
    expected_changes = {
        'quotes_total{outcome="eligible"}': 1,
        'quotes_total{outcome="denied"}': 1,
        'quote_reasons_total{reason="window_closed"}': 1,
        'quote_reasons_total{reason="asset_downloaded"}': 1,
        'refunds_total{basis="policy"}': 1,
        'credits_returned_total{basis="policy"}': 30,
        "refund_denials_total": 1,
        'refund_denial_reasons_total{reason="window_closed"}': 1,
        'refund_denial_reasons_total{reason="asset_downloaded"}': 1,
        'look_ups_total{answer="hit"}': 1,
        'look_ups_total{answer="miss"}': 2,
    }
    assert changes(before, figures()) == expected_changes
    the_clock(NOW + timedelta(hours=1))  # now they are remembered, and not read again
    assert changes(before, figures()) == expected_changes
    assert changes(before, figures()) == expected_changes
    cache.delete("refunds:figures")
    assert changes(before, figures()) == expected_changes


def test_the_age_of_the_queue_is_told_and_decides_whether_it_can_serve(
    figures: Callable[[], dict[str, int]], stranger: Machine, db: None
) -> None:
    assert figures()["queue_age_seconds"] == 0
    Message.objects.create(
        template="receipt", data={}, to="a@example.com", queued_at=NOW, due_at=NOW - timedelta(seconds=901)
    )
    assert (figures()["queue_age_seconds"], figures()["queue_waiting"]) == (901, 1)
    told = stranger.client.get("/readyz")
    assert (told.status_code, told.json()["queue"], told.json()["database"]) == (503, False, True)
    assert stranger.client.get("/healthz").content == b"alive\n"


def test_a_token_closes_the_figures(stranger: Machine, settings: Any) -> None:
    settings.METRICS_TOKEN = "letmein"
    assert stranger.client.get("/metrics").status_code == 401
    assert stranger.client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert stranger.client.get("/metrics", headers={"Authorization": "Bearer letmein"}).status_code == 200
