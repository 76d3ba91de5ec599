"""An exception at the k-th database call, for every k of every operation on money: all or nothing, and a retry with the
same key completes it once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.db import DatabaseError, connection

from ground.receipts import Asking
from outbox.acts import write_letters
from outbox.models import Message
from refunds.models import CreditNote, Denial, Refund
from refunds.services import charge_back, request_refund
from storefront.models import Download, Purchase
from storefront.services import Wanted, download, request_purchase, strike
from tests.world import NOW, balance, buy, give

pytestmark = pytest.mark.django_db(transaction=True)
ROOMS = ("ground", "accounts", "outbox", "credits", "storefront", "refunds")


class Broken(DatabaseError):
    """The connection fails right here."""


@contextmanager
def breaking_at(call: int) -> Iterator[list[int]]:
    """Fails the k-th statement; the count of those that ran is what comes back."""
    ran = [0]

    def wrapper(execute, sql, params, many, context):
        ran[0] += 1
        if ran[0] == call:
            raise Broken(sql[:60])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield ran


def everything() -> list[list[tuple]]:
    """All rows of all rooms with all their values: what must be exactly as before."""
    return [
        sorted(model._base_manager.values_list(), key=repr)
        for room in ROOMS
        for model in apps.get_app_config(room).get_models()
    ]


def asking(person, key="key"):
    return Asking(
        person=person, key=key, what="request", now=NOW, door="page", write=lambda outcome: (201, "told")
    )


def breaks_anywhere(act: Callable[[], object]) -> int:
    before = everything()
    call = 1
    while True:
        with breaking_at(call) as ran:
            try:
                act()
            except Broken:
                pass
            else:
                return ran[0]
        assert everything() == before, f"something was left behind by a failure at call {call}"
        call += 1


def test_a_refund_breaks_anywhere_and_leaves_nothing_then_completes_once(ada, forest, oak, figure):
    give(ada, 30, kind="promo", days_ago=40, expires_in=-2)
    give(ada, 50, days_ago=40)
    purchase = buy(ada, forest, days_ago=12, downloaded=[oak], with_credits=False)
    statements = breaks_anywhere(
        lambda: request_refund(asking=asking(ada), purchase=purchase, expected_credits=40)
    )
    assert (balance(ada), Refund.objects.count(), CreditNote.objects.get().number) == (
        40,
        1,
        "CN010000000001",
    )
    figure(
        f"a refund that fails at every one of its {statements} statements: nothing left behind, then done once"
    )


def test_a_refund_s_letters_break_anywhere_and_are_written_once(ada, cliff):
    """Its act waits for the worker, who may die at any call."""
    purchase = buy(ada, cliff, days_ago=1)
    request_refund(asking=asking(ada), purchase=purchase, expected_credits=36)
    act = Message.objects.get(template="refund")
    breaks_anywhere(lambda: write_letters(act))
    assert sorted(Message.objects.exclude(template="purchase").values_list("template", "to")) == [
        ("refunded", "ada@example.com"),
        ("refunded_publisher", "hello@grove.example"),
        ("refunded_publisher", "hello@quarry.example"),
    ]


def test_a_denial_breaks_anywhere_and_is_kept_once(ada, oak):
    purchase = buy(ada, oak, days_ago=12, downloaded=[oak])
    breaks_anywhere(lambda: request_refund(asking=asking(ada), purchase=purchase, expected_credits=40))
    assert (Denial.objects.count(), balance(ada)) == (1, 0)


def test_buying_breaks_anywhere_and_numbers_stay_gapless(ada, forest):
    give(ada, 100)
    breaks_anywhere(lambda: request_purchase(asking=asking(ada), thing=forest, expected_credits=80))
    assert (Purchase.objects.get().number, balance(ada)) == ("IN010000000001", 20)


def test_a_download_breaks_anywhere_and_counts_once(ada, forest, oak, bark):
    purchase = buy(ada, forest, days_ago=1)
    wanted = [Wanted(oak), Wanted(bark, via=oak)]
    breaks_anywhere(lambda: download(customer=ada, wanted=wanted, told="", door="page", now=NOW))
    purchase.refresh_from_db()
    assert (purchase.downloaded_count, Download.objects.count()) == (2, 2)


def test_a_strike_breaks_anywhere_and_strikes_once(ada, sam, oak):
    purchase = buy(ada, oak, days_ago=1, downloaded=[oak])
    row = Download.objects.get()
    breaks_anywhere(lambda: strike(download=row, by=sam, why="The transfer failed.", now=NOW))
    purchase.refresh_from_db()
    assert (purchase.downloaded_count, Download.objects.get().struck_by) == (0, sam)


def test_a_charge_back_breaks_anywhere_and_happens_once(ada, lea, oak):
    purchase = buy(ada, oak, days_ago=1)
    breaks_anywhere(lambda: charge_back(purchase=purchase, by=lea, why="The bank took it back.", now=NOW))
    purchase.refresh_from_db()
    assert (purchase.status, balance(ada)) == ("charged_back", 0)
