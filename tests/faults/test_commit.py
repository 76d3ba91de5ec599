"""The connection is cut at the worst instant: before or after COMMIT reached the server."""

import threading

import pytest
from django.db import OperationalError, connection, transaction

from ground.refusals import Busy
from ground.transactions import OutcomeUnknown
from refunds.models import Refund
from storefront.models import Purchase
from tests.refunds.test_refunding import ask
from tests.world import balance, buy

pytestmark = pytest.mark.django_db(transaction=True)


def cut(*, after: bool) -> None:
    """Makes the next commit fail: after it was done, or before."""

    def broken() -> None:
        del connection._commit
        if after:
            connection._commit()
        raise OperationalError("server closed the connection unexpectedly")

    connection._commit = broken


def test_cut_before_commit_nothing_happened_and_the_retry_does_it_once(ada, oak):
    purchase = buy(ada, oak)
    cut(after=False)
    with pytest.raises(OutcomeUnknown):
        ask(ada, purchase, 40)
    assert (Refund.objects.count(), balance(ada)) == (0, 0)
    answer = ask(ada, purchase, 40)
    assert (answer.replayed, Refund.objects.count(), balance(ada)) == (False, 1, 40)


def test_cut_after_commit_the_retry_gets_the_answer_that_was_lost(ada, oak):
    purchase = buy(ada, oak)
    cut(after=True)
    with pytest.raises(OutcomeUnknown):
        ask(ada, purchase, 40)
    answer = ask(ada, purchase, 40)
    assert (answer.replayed, answer.status, Refund.objects.count(), balance(ada)) == (True, 201, 1, 40)


@pytest.mark.postgres
def test_a_lock_that_is_not_had_in_time_is_busy_and_nothing_is_done(ada, oak):
    purchase = buy(ada, oak)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Purchase.objects.lock(purchase.pk)
                held.set()
                release.wait(10)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    try:
        with pytest.raises(Busy):
            ask(ada, purchase, 40)
    finally:
        release.set()
        holder.join(5)
    assert Refund.objects.count() == 0
    assert ask(ada, purchase, 40).status == 201
