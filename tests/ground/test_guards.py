"""The second wall: money rows refuse what no code of ours should try, whoever tries it, and a missing wall is noticed."""

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction

from accounts.models import AuditLine
from credits.models import Entry, Lot, Payment, Usage, Wallet
from ground import guards
from ground.guards import guarded
from refunds.models import CreditNote, Denial, Refund
from storefront.models import Document, Invoice
from tests.refunds.test_refunding import ask
from tests.world import NOW, buy

pytestmark = pytest.mark.django_db(transaction=True)

NEVER_CHANGED = [Entry, Payment, Refund, Denial, Invoice, CreditNote]
ONLY_SOME_COLUMNS = {
    Wallet: {"balance", "entries_count", "head_digest"},
    Lot: {"remaining"},
    Usage: {"restored"},
}


@pytest.fixture
def history(ada, oak, fern):
    """A refund and a denial, so that every kind of money row exists."""
    ask(ada, buy(ada, oak), 40)
    ask(ada, buy(ada, fern, days_ago=40), 30, key="k2")


def test_every_money_row_of_the_rulebook_is_guarded():
    table = {model: set(guard.moves) for model, guard in guarded()}
    assert {model: table[model] for model in NEVER_CHANGED} == {model: set() for model in NEVER_CHANGED}
    assert {model: table[model] for model in ONLY_SOME_COLUMNS} == ONLY_SOME_COLUMNS
    assert {AuditLine, Document} <= table.keys()


@pytest.mark.parametrize("model", [*NEVER_CHANGED, *ONLY_SOME_COLUMNS], ids=lambda model: model.__name__)
def test_deleting_is_refused_past_the_orm_and_through_it(history, model):
    table = model._meta.db_table
    before = model.objects.count()
    assert before
    with pytest.raises(DatabaseError, match="money row"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - the table is ours
    with pytest.raises(DatabaseError), transaction.atomic():
        model.objects.all()._raw_delete(using="default")
    assert model.objects.count() == before


@pytest.mark.postgres
@pytest.mark.parametrize("model", [*NEVER_CHANGED, *ONLY_SOME_COLUMNS], ids=lambda model: model.__name__)
def test_truncate_is_refused(history, model):
    with pytest.raises(DatabaseError, match="money row"), connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
    assert model.objects.exists()


def columns():
    for model in [*NEVER_CHANGED, *ONLY_SOME_COLUMNS]:
        moving = ONLY_SOME_COLUMNS.get(model, set())
        for field in model._meta.concrete_fields:
            if field.name not in moving and not field.primary_key:
                yield pytest.param(model, field, id=f"{model.__name__}.{field.name}")


@pytest.mark.parametrize(("model", "field"), list(columns()))
def test_every_column_that_does_not_move_is_refused(history, model, field):
    other = {
        "CharField": "'x'",
        "TextField": "'x'",
        "DateTimeField": "'2000-01-01 00:00:00+00'",
        "BooleanField": None,
    }
    value = other.get(field.get_internal_type(), "987654321")
    if value is None:
        value = f'NOT "{field.column}"'
    statement = f'UPDATE {model._meta.db_table} SET "{field.column}" = {value}'  # noqa: S608 - names of ours
    with pytest.raises(DatabaseError, match="money row"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_missing_trigger_is_named_by_the_check_and_by_readyz(client):
    for name in ("guard_credits_entry_update", "guard_refunds_refund_delete"):
        table = name.removeprefix("guard_").rpartition("_")[0]
        with connection.cursor() as cursor:
            cursor.execute(
                f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
            )
        assert guards.missing(connection) == [name]
        found = [each for each in run_checks(databases=["default"]) if each.id == "recredit.E008"]
        assert [name in each.msg for each in found] == [True]
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["triggers"]) == (503, False)
        guards.install(connection)
    assert client.get("/readyz").status_code == 200
    assert guards.missing(connection) == []


def test_the_audit_trail_is_edited_by_nobody(sam):
    line = AuditLine.objects.create(by=sam, act="strike", subject="IN010000000001", why="", at=NOW)
    with pytest.raises(DatabaseError, match="money row"), transaction.atomic():
        AuditLine.objects.filter(pk=line.pk).update(why="never happened")
