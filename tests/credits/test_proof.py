"""A proof that the proof works: whatever anybody changes behind the guards' back is found and named."""

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction

from credits import chain, ledger, proofs
from credits.books import open_books
from credits.codes import redeem
from credits.models import Code, Entry, Lot, Payment, Redemption, Usage, Wallet
from credits.proofs import Progress
from credits.wallets import prove, wallets_hold
from ground import guards
from ground.instants import stamp
from ground.laws import LawBroken
from tests.world import NOW, days_before, wallet_of

pytestmark = pytest.mark.django_db
MONEY = (Wallet, Lot, Payment, Usage, Entry, Redemption)
# Ids that nothing else stands for. A lot's and a payment's are in the digests, so they are left out only as keys.
SURROGATES = {(model, "id") for model in MONEY}


def live(customer):
    """Everything that can happen to a wallet, over two years."""
    at = days_before(700)
    with wallet_of(customer, now=at) as wallet:
        ends = at + timedelta(days=30)
        ledger.grant(wallet, credits=100, kind="paid", source="top-up", at=at)
        ledger.grant(wallet, credits=40, kind="promo", source="spring", expires_at=ends, at=at)
    with transaction.atomic():
        redeem(customer=customer, text="WELCOME5", now=at)
        redeem(customer=customer, text="WELCOME5", now=at)
    with wallet_of(customer, now=at) as wallet:
        paid = [
            ledger.pay(wallet, credits=credits, purpose=purpose, made_by=customer.pk, at=at)
            for credits, purpose in ((60, "Forest"), (20, 'Say "oak"'))
        ]
    first, second = (payment.id for payment in paid)
    with transaction.atomic(), open_books([customer.pk], now=NOW) as books:
        found = books.payments([first, second])
        for payment, credits, evidence in ((first, 25, "e" * 64), (second, 12, "f" * 64)):
            plan = ledger.plan_restoration(found[payment], credits=credits, now=NOW)
            ledger.restore(books.wallet(customer.pk), plan, evidence=evidence, memo="Back", at=NOW)
        ends = NOW + timedelta(days=1)
        ledger.grant(
            books.wallet(customer.pk),
            credits=7,
            kind="compensation",
            source="given",
            expires_at=ends,
            at=NOW,
        )
    with transaction.atomic():
        open_books([customer.pk], now=NOW + timedelta(days=2))


@pytest.fixture
def wallets(ada, ben):
    for text in ("WELCOME5", "OTHER"):
        Code.objects.create(code=text, credits=5, per_user=None, created_at=days_before(800))
    live(ada)
    live(ben)
    return ada.wallet, ben.wallet


@pytest.fixture
def unguarded(wallets):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    guards.lift(connection)
    return wallets


def found():
    return list(wallets_hold(Progress()))


def run(sql, *parameters, **names):
    """`{table}` and the like in the text are names of ours, quoted; values are parameters."""
    quoted = {key: connection.ops.quote_name(name) for key, name in names.items()}
    with connection.cursor() as cursor:
        cursor.execute(sql.format(**quoted), parameters)


@contextmanager
def undone():
    """Whatever happens inside is taken back, and so is what the database would not even let happen."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    except IntegrityError:
        pass


def other_values(field, value):
    if isinstance(field, models.ForeignKey):
        others = field.related_model._default_manager.exclude(pk=value).values_list("pk", flat=True)
        nobody = (value or 0) + 1_000_000  # foreign keys are looked at when a transaction ends
        return [*others, nobody, *([None] if field.null and value is not None else [])]
    if field.choices:
        return [choice for choice, _ in field.choices if choice != value]
    if isinstance(field, models.IntegerField):
        return [value + 1, value - 1]
    if isinstance(field, models.DateTimeField):
        changed = [value + timedelta(microseconds=1), value - timedelta(days=1)] if value else [NOW]
        return [*changed, *([None] if field.null and value else [])]
    return [f"x{value[1:]}", value[:-1] or "y"]


def columns():
    return [
        pytest.param(model, field, id=f"{model.__name__}.{field.column}")
        for model in MONEY
        for field in model._meta.concrete_fields
        if (model, field.name) not in SURROGATES
    ]


def whose(row):
    return row.pk if isinstance(row, Wallet) else getattr(row, "wallet_id", None) or row.payment.wallet_id


def test_a_store_that_only_its_services_wrote_holds(wallets):
    progress = Progress()
    assert list(wallets_hold(progress)) == []
    assert progress.counts == {"wallets": 2, "entries": 32, "credits held": 214}
    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert kinds == {"grant", "spend", "restore", "expire"}
    assert Lot.objects.filter(reborn_from__isnull=False).count() == 2, (
        "the story has a reborn lot in each wallet"
    )


@pytest.mark.parametrize(("model", "field"), columns())
def test_every_changed_column_is_found(unguarded, model, field):
    names = {"table": model._meta.db_table, "column": field.column, "key": model._meta.pk.column}
    changes = 0
    for row in model.objects.all():
        for value in other_values(field, getattr(row, field.attname)):
            with undone():
                raw = field.get_db_prep_save(value, connection)
                run("UPDATE {table} SET {column} = %s WHERE {key} = %s", raw, row.pk, **names)
                findings = found()
                changes += 1
                assert findings, f"{row!r}: {field.column} became {value!r} and nobody saw it"
                assert any(f"wallet {whose(row)}" in finding.row for finding in findings), findings
    assert changes, "the database let nothing through, so nothing was shown"


def test_a_changed_line_is_named_by_its_number(unguarded):
    ada, _ = unguarded
    for number in range(1, ada.entries_count + 1):
        with undone():
            run("UPDATE credits_entry SET memo = 'No' WHERE wallet_id = %s AND number = %s", ada.pk, number)
            assert [(finding.kind, finding.row) for finding in found()] == [
                ("digest", f"wallet {ada.pk}, line {number}")
            ]


@pytest.mark.parametrize("model", MONEY, ids=lambda model: model.__name__)
def test_every_removed_row_is_missed(unguarded, model):
    names = {"table": model._meta.db_table, "key": model._meta.pk.column}
    for row in model.objects.all():
        owner = whose(row)
        with undone():
            run("DELETE FROM {table} WHERE {key} = %s", row.pk, **names)
            findings = found()
            assert any(
                f"wallet {owner}" in finding.row or finding.row == f"user {owner}" for finding in findings
            ), f"{row!r} went and nobody missed it"


@pytest.mark.parametrize("model", [Lot, Payment, Usage, Entry, Redemption], ids=lambda model: model.__name__)
def test_every_row_put_in_is_found(unguarded, model):
    for row in model.objects.select_related(None):
        copy = model(
            **{f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if f.name != "id"}
        )
        owner = whose(row)
        if model is Entry:
            copy.number = row.wallet.entries_count + 1
        elif model is Usage:
            copy.payment_id = Payment.objects.exclude(usages__lot=row.lot_id).values_list("pk", flat=True)[0]
            owner = copy.payment.wallet_id
        elif model is Redemption:
            copy.lot_id = Lot.objects.filter(redemption=None, wallet=row.wallet_id).values_list(
                "pk", flat=True
            )[0]
        with undone():
            copy.save(force_insert=True)
            assert any(f"wallet {owner}" in finding.row for finding in found()), f"{copy!r} came unseen"


def test_swapped_lines_are_found(unguarded):
    ada, _ = unguarded
    lines = list(ada.entries.order_by("number"))
    for one, next_one in pairwise(lines):
        with undone():
            run("UPDATE credits_entry SET number = -1 WHERE id = %s", one.pk)
            run("UPDATE credits_entry SET number = %s WHERE id = %s", one.number, next_one.pk)
            run("UPDATE credits_entry SET number = %s WHERE id = %s", next_one.number, one.pk)
            assert found()[0].row == f"wallet {ada.pk}, line {one.number}"


@pytest.mark.parametrize(
    ("model", "column"),
    [(Wallet, "head_digest"), (Lot, "remaining"), (Lot, "source"), (Usage, "lot_id"), (Usage, "restored")],
)
def test_swapped_values_are_found(unguarded, model, column):
    names = {"table": model._meta.db_table, "column": column, "key": model._meta.pk.column}
    rows = list(model.objects.order_by("pk"))
    swaps = 0
    for one in rows:
        for other in rows:
            values = getattr(one, column), getattr(other, column)
            if values[0] == values[1]:
                continue
            with undone():
                for row, value in ((one, values[1]), (other, values[0])):
                    run("UPDATE {table} SET {column} = %s WHERE {key} = %s", value, row.pk, **names)
                assert found(), f"{one!r} and {other!r} changed places unseen"
                swaps += 1
    assert swaps


def test_a_forger_who_recomputes_one_digest_is_found_by_the_next_line(unguarded):
    ada, _ = unguarded
    line = ada.entries.get(number=3)
    line.memo = "Mine"
    previous = ada.entries.get(number=2).digest
    forged = chain.line_digest(
        *(previous, ada.pk, line.number, line.kind, line.credits, line.balance_after),
        *(line.lot_id, line.payment_id, line.facts, line.memo, line.made_by_id, stamp(line.at)),
    )
    run("UPDATE credits_entry SET memo = 'Mine', digest = %s WHERE id = %s", forged, line.pk)
    assert [finding.row for finding in found()] == [f"wallet {ada.pk}, line 4"]


def test_one_wallet_is_proved_by_itself(unguarded):
    ada, ben = unguarded
    run("UPDATE credits_wallet SET balance = balance + 1 WHERE customer_id = %s", ada.pk)
    assert [finding.kind for finding in prove(ada.pk)] == ["balance", "balance_held"]
    assert prove(ben.pk) == []


@pytest.mark.sqlite
def test_a_column_of_the_wrong_type_is_a_finding_and_no_crash(unguarded):
    """PostgreSQL keeps text out of number columns; SQLite does not."""
    ada, _ = unguarded
    run("UPDATE credits_entry SET credits = 'many' WHERE wallet_id = %s AND number = 1", ada.pk)
    first = found()[0]
    assert (first.kind, first.row) == ("unreadable", f"wallet {ada.pk}")


def test_the_command_reports_the_first_of_each_kind_and_exits_1(unguarded, capsys, monkeypatch):
    monkeypatch.setattr(proofs, "registered", {"wallets": wallets_hold})  # these payments bought nothing
    ada, _ = unguarded
    call_command("check_ledger")
    assert "Every credit is accounted for." in capsys.readouterr().out
    run("UPDATE credits_wallet SET entries_count = 9")
    with pytest.raises(SystemExit) as ended:
        call_command("check_ledger")
    said = capsys.readouterr()
    assert ended.value.code == 1
    assert said.err == (f"entries_count: wallet {ada.pk}: It counts 9 lines, the last is 16. (and 1 more)\n")
    assert "accounted" not in said.out
    with pytest.raises(SystemExit):
        call_command("check_ledger", json=True)
    report = json.loads(capsys.readouterr().out)
    assert report["ok"] is False
    assert report["findings"] == [
        {
            "kind": "entries_count",
            "row": f"wallet {ada.pk}",
            "sentence": "It counts 9 lines, the last is 16.",
            "count": 2,
        }
    ]


def test_facts_are_canonical_json():
    for text in ('say "oak"', "Bäume\n\t\\", "\u202e\x7f"):
        spelled = [
            chain.lot_facts(
                created_at="a", expires_at=None, issued=1, kind="paid", reborn_from=None, source=text
            ),
            chain.lot_facts(
                created_at="a", expires_at="b", issued=1, kind="paid", reborn_from=4, source=text
            ),
            chain.usage_facts(at="a", of=3, purpose=text, spent=2),
            chain.restored_facts(evidence=text, lot=None, restored=2),
        ]
        assert [chain.canonical(json.loads(facts)) for facts in spelled] == spelled


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(LawBroken, match="without a zone"):
        stamp(datetime(2026, 11, 21, 12, 0))  # noqa: DTZ001 - that is the mistake
