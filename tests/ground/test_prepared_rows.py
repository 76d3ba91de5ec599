"""What a prepared query brings may be whole models, and may be locked."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from credits.models import Lot
from ground.laws import LawBroken
from ground.prepared import Given, Prepared, as_model, columns
from storefront.models import Purchase, Terms
from tests.ground.scratch import statements
from tests.world import buy

pytestmark = pytest.mark.django_db


# --- Whole models --------------------------------------------------------------------------------------------------


def values(model):
    return {field.attname: getattr(model, field.attname) for field in model._meta.concrete_fields}


def test_whole_rows_become_models_with_those_that_they_name(ada, oak, forest, django_assert_num_queries):
    """As `select_related` brings them."""
    buy(ada, oak)
    buy(ada, forest, days_ago=3)
    query = Prepared(
        lambda: (
            Purchase.objects.filter(customer=Given("customer"))
            .order_by("id")
            .values_list(*columns(Purchase), *columns(Terms, of="terms"), *columns(User, of="customer"))
        )
    )
    wanted = list(Purchase.objects.select_related("terms", "customer").order_by("id"))
    own, terms = len(columns(Purchase)), len(columns(Terms))
    with django_assert_num_queries(1):
        found = query(customer=ada.pk)
        purchases = [as_model(Purchase, row[:own]) for row in found]
        bound = [as_model(Terms, row[own : own + terms]) for row in found]
        buyers = [as_model(User, row[own + terms :]) for row in found]
        assert purchases == wanted
        assert [values(one) for one in purchases] == [values(one) for one in wanted]
        assert [values(one) for one in bound] == [values(one.terms) for one in wanted]
        assert [values(one) for one in buyers] == [values(one.customer) for one in wanted]
    assert buyers == [ada, ada]


def test_a_model_that_was_read_is_there_and_can_be_saved(ada):
    query = Prepared(lambda: User.objects.filter(pk=Given("pk")).values_list(*columns(User)))
    (read,) = [as_model(User, row) for row in query(pk=ada.pk)]
    assert (read._state.adding, read._state.db) == (False, "default")
    assert read.get_deferred_fields() == set()
    read.name = "Ada L."
    read.save()
    assert (User.objects.get().name, User.objects.count()) == ("Ada L.", 1)


def test_the_locked_purchase_is_what_the_orm_reads(ada, oak, django_assert_num_queries):
    bought = buy(ada, oak, days_ago=2, downloaded=[oak])
    wanted = Purchase.objects.to_judge().get(pk=bought.pk)
    with transaction.atomic(), django_assert_num_queries(1):
        found = Purchase.objects.lock(bought.pk)
        assert (found, values(found)) == (wanted, values(wanted))
        assert values(found.terms) == values(wanted.terms)
        assert values(found.customer) == values(wanted.customer)
    with pytest.raises(Purchase.DoesNotExist), transaction.atomic():
        Purchase.objects.lock_all([bought.pk, bought.pk + 1])


# --- Locks ---------------------------------------------------------------------------------------------------------


def locking():
    return Prepared(
        lambda: (
            Lot.objects.filter(wallet__among=Given("wallets"))
            .order_by("id")
            .values_list("id", "wallet__balance")
        ),
        lock=Lot,
    )


def test_a_lock_is_asked_for_where_the_server_has_some(ada, lots, on_postgresql):
    query = locking()
    with statements() as said:
        query(wallets=[ada.pk])
    assert said[0].endswith(' FOR UPDATE OF "credits_lot"') is on_postgresql
    assert query(wallets=[ada.pk]) == [(lot.pk, 50) for lot in lots[:2]]
    assert query(wallets=[]) == []


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_rows_stay_locked_until_the_transaction_ends_and_joined_ones_do_not(ada, ben, lots):
    query = locking()

    def free(table, key, pk):
        """Whether somebody else gets the row."""
        got = []

        def ask():
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"SELECT 1 FROM {table} WHERE {key} = %s FOR UPDATE NOWAIT", [pk])  # noqa: S608 - names of ours
                    got.append(True)
            except DatabaseError:
                got.append(False)
            finally:
                connection.close()

        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
        return got[0]

    with transaction.atomic():
        assert len(query(wallets=[ada.pk])) == 2
        assert [free("credits_lot", "id", lot.pk) for lot in lots] == [False, False, True, True]
        assert free("credits_wallet", "customer_id", ada.pk)
    assert free("credits_lot", "id", lots[0].pk)


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_would_be_none_and_is_refused(ada, lots):
    query = locking()
    with transaction.atomic():
        query(wallets=[ada.pk])
    for _ in range(2):
        with pytest.raises((LawBroken, transaction.TransactionManagementError)):
            query(wallets=[ada.pk])
    with pytest.raises((LawBroken, transaction.TransactionManagementError)):
        Purchase.objects.lock_all([])
