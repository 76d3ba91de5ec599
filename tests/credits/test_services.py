"""The writers: which lots pay, which get credits back, and what they refuse before anything is written."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from credits import services
from credits.models import MOST, Entry, Lot, Payment, Usage, Wallet
from credits.refusals import InsufficientCredits, TooManyCredits
from tests.world import NOW, balance, days_before, give, person

pytestmark = pytest.mark.django_db


def locked(customer, now=NOW):
    return services.lock_wallet(customer=customer, now=now)


def pay(customer, credits, *, now=NOW):
    return services.pay(wallet=locked(customer, now), credits=credits, purpose="Oak", now=now)


def restore(customer, payment, credits, *, now=NOW):
    return services.restore(
        wallet=locked(customer, now), payment=payment, credits=credits, evidence="e" * 64, now=now
    )


def left():
    return {lot.source: lot.remaining for lot in Lot.objects.order_by("id")}


def lot(customer, name, credits, *, kind="paid", days=None, days_ago=10.0):
    at = days_before(days_ago)
    wallet = services.lock_wallet(customer=customer, now=at)
    ends = NOW + timedelta(days=days) if days is not None else None
    return services.grant(wallet=wallet, credits=credits, kind=kind, source=name, expires_at=ends, now=at)


def nothing_happened():
    return not (Entry.objects.exists() or Lot.objects.exists() or Payment.objects.exists())


def test_lots_pay_soonest_expiry_first_then_promo_compensation_paid_then_oldest(ada):
    lot(ada, "paid, old", 10, days_ago=9)
    lot(ada, "paid, new", 10, days_ago=1)
    lot(ada, "compensation", 10, kind="compensation")
    lot(ada, "promo", 10, kind="promo")
    lot(ada, "paid, late", 10, days=20)
    lot(ada, "promo, soon", 10, kind="promo", days=5)
    lot(ada, "paid, soon", 10, days=4)
    payment = pay(ada, 65)
    assert [usage.lot.source for usage in payment.usages.order_by("id")] == [
        "paid, soon",
        "promo, soon",
        "paid, late",
        "promo",
        "compensation",
        "paid, old",
        "paid, new",
    ]
    assert left()["paid, new"] == 5
    assert balance(ada) == 5


def test_credits_come_back_in_the_reverse_order(ada):
    lot(ada, "first", 30, kind="promo", days=5)
    lot(ada, "second", 30, kind="promo")
    lot(ada, "third", 30)
    payment = pay(ada, 90)
    restore(ada, payment, 40)
    assert left() == {"first": 0, "second": 10, "third": 30}
    restore(ada, payment, 50)
    assert left() == {"first": 30, "second": 30, "third": 30}
    assert balance(ada) == 90


def test_an_expired_lot_is_born_again_with_the_life_it_had_left(ada):
    at = days_before(50)
    wallet = locked(ada, at)
    services.grant(
        wallet=wallet, credits=40, kind="promo", source="spring", expires_at=at + timedelta(days=12), now=at
    )
    payment = pay(ada, 25, now=at)
    restore(ada, payment, 25)
    reborn = Lot.objects.get(reborn_from__isnull=False)
    assert (reborn.kind, reborn.issued, reborn.remaining) == ("promo", 25, 25)
    assert reborn.expires_at == NOW + timedelta(days=12)
    assert reborn.reborn_from == Usage.objects.get()
    assert balance(ada) == 25
    assert [line.kind for line in Entry.objects.order_by("number")] == ["grant", "spend", "expire", "restore"]


def test_a_reborn_lot_lives_a_full_day_at_least(ada):
    at = days_before(50)
    services.grant(
        wallet=locked(ada, at),
        credits=5,
        kind="paid",
        source="x",
        expires_at=at + timedelta(minutes=1),
        now=at,
    )
    restore(ada, pay(ada, 5, now=at), 5)
    assert Lot.objects.get(reborn_from__isnull=False).expires_at == NOW + timedelta(days=1)


def test_a_lot_expires_at_its_instant_and_not_before(ada):
    lot(ada, "ends", 30, days=0)
    with transaction.atomic():
        assert locked(ada, NOW - timedelta(microseconds=1)).balance == 30
    assert locked(ada, NOW).balance == 0
    assert Entry.objects.get(kind="expire").at == NOW


def test_an_expired_lot_is_never_spent_even_if_the_job_is_late(ada):
    lot(ada, "gone", 30, days=-1)
    with pytest.raises(InsufficientCredits) as refused:
        pay(ada, 30)
    assert refused.value.facts == {"credits": 30, "balance": 0}
    assert not Payment.objects.exists()


def test_never_more_comes_back_than_was_spent(ada):
    lot(ada, "only", 30)
    payment = pay(ada, 20)
    with pytest.raises(AssertionError, match="never more is restored"):
        restore(ada, payment, 21)
    assert Usage.objects.get().restored == 0


def test_credits_go_back_where_they_came_from(ada, ben):
    lot(ada, "hers", 30)
    payment = pay(ada, 20)
    with pytest.raises(AssertionError, match="where they came from"):
        services.restore(wallet=locked(ben), payment=payment, credits=20, evidence="e", now=NOW)


@pytest.mark.parametrize("credits", [0, -1, 1.0, True, "10", None, MOST + 1, float("nan"), 2**63])
def test_only_whole_credits_are_taken(ada, credits):
    wallet = locked(ada)
    with pytest.raises(TypeError):
        services.grant(wallet=wallet, credits=credits, kind="paid", source="x", now=NOW)
    with pytest.raises(TypeError):
        services.pay(wallet=wallet, credits=credits, purpose="x", now=NOW)
    assert nothing_happened()


def test_a_wallet_that_would_hold_too_much_refuses_and_holds_what_it_held(ada):
    lot(ada, "all", MOST)
    with pytest.raises(TooManyCredits):
        lot(ada, "one more", 1)
    payment = pay(ada, 10)
    lot(ada, "between", 5)
    with pytest.raises(TooManyCredits):
        restore(ada, payment, 10)
    assert balance(ada) == MOST - 5


def test_a_kind_that_is_none_is_refused(ada):
    with pytest.raises(AssertionError, match="gold"):
        services.grant(wallet=locked(ada), credits=1, kind="gold", source="x", now=NOW)


def test_credits_that_expired_since_the_lock_are_not_spent(ada):
    give(ada, 30, expires_in=1)
    wallet = locked(ada)
    with pytest.raises(InsufficientCredits):
        services.pay(wallet=wallet, credits=5, purpose="Oak", now=NOW + timedelta(days=1))
    assert (balance(ada), Payment.objects.count()) == (30, 0)


def test_a_plan_that_gives_back_another_amount_is_refused(ada):
    give(ada, 30)
    payment = pay(ada, 30)
    plan = services.plan_restoration(payment=payment, credits=20, now=NOW)
    with pytest.raises(AssertionError, match="what was asked for"):
        services.restore(
            wallet=locked(ada), payment=payment, credits=30, evidence="e" * 64, plan=plan, now=NOW
        )
    assert (balance(ada), Entry.objects.filter(kind="restore").count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_no_writer_works_outside_a_transaction(ada):
    with pytest.raises(AssertionError, match="inside a transaction"):
        locked(ada)


@pytest.mark.django_db(transaction=True)
def test_no_writer_works_on_a_wallet_that_is_not_locked(ada):
    wallet = Wallet.objects.get(pk=ada.pk)
    with transaction.atomic():
        stale = locked(ada)
    for one in (wallet, stale):
        with transaction.atomic():
            for write in (
                lambda one=one: services.expire(wallet=one, now=NOW),
                lambda one=one: services.grant(wallet=one, credits=1, kind="paid", source="x", now=NOW),
                lambda one=one: services.pay(wallet=one, credits=1, purpose="x", now=NOW),
                lambda one=one: services.restore(wallet=one, payment=None, credits=1, evidence="", now=NOW),
            ):
                with pytest.raises(AssertionError, match="must be locked"):
                    write()
    assert nothing_happened()


def test_every_person_has_a_wallet_from_the_first_moment(db):
    assert balance(person("New")) == 0


def test_fifty_lots_cost_no_more_statements_than_one(ada, ben, django_assert_num_queries):
    lot(ada, "one", 50)
    for number in range(50):
        lot(ben, f"lot {number}", 1)

    def statements(customer):
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            restore(customer, pay(customer, 50), 50)
        return len(seen)

    assert statements(ada) == statements(ben)


def test_a_balance_right_after_is_the_wallet_s(ada):
    give(ada, 5)
    assert balance(ada) == 5
