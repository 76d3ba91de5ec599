"""What `check_ledger` says of purchases, series and refunds: nothing of a sound store, and the row of an unsound one."""

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from credits.proofs import Progress, findings
from ground import guards
from refunds.services import charge_back
from tests.refunds.test_refunding import ask
from tests.world import NOW, buy, fetch, give, pay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def store(ada, ben, forest, oak, fern, cliff):
    """A purchase of each fate."""
    partly = buy(ada, forest, days_ago=3, downloaded=[oak])
    whole = buy(ada, cliff, days_ago=2)
    kept = buy(ben, fern, days_ago=1)
    fetch(ben, fern)
    ask(ada, partly, 40)
    ask(ada, whole, 36, key="k2")
    return {"partly": partly, "whole": whole, "kept": kept}


def found():
    return [(finding.kind, finding.row) for finding in findings(Progress())]


def change(sql, *parameters):
    guards.lift(connection)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        assert cursor.rowcount, "nothing was changed, so nothing can be found"


def test_a_store_that_only_its_services_wrote_holds(store):
    progress = Progress()
    assert list(findings(progress)) == []
    assert progress.counts["purchases"] == 3
    assert progress.counts["refunds"] == 2
    assert progress.counts["series"] == 2


def test_the_demo_store_holds(capsys):
    call_command("demo", if_empty=True)
    capsys.readouterr()
    call_command("check_ledger")
    assert "Every credit is accounted for." in capsys.readouterr().out


PURCHASES = {
    "credits_spent = credits_spent + 1": {"purchase_paid", "shares", "invoice_total"},
    "title = 'Else'": {"invoice_total"},
    "items_count = items_count + 1": {"items_count"},
    "downloaded_count = 0, downloaded_price = 0": {"downloaded_count", "downloaded_price"},
    "downloaded_price = downloaded_price + 1": {"downloaded_price"},
    "number = 'IN010000000099'": {"invoice_number", "series_end"},
    "completed_at = '2026-11-21 11:59:59+00:00'": {"invoice_date"},
    "status = 'pending'": {"purchase_status"},
    "status = 'cancelled'": {"purchase_status"},
    "status = 'charged_back'": {"charge_back"},
}


@pytest.mark.parametrize("how", PURCHASES)
def test_a_changed_purchase_is_named(store, how):
    change(f"UPDATE storefront_purchase SET {how} WHERE id = %s", store["kept"].pk)  # noqa: S608 - ours
    kinds = {kind for kind, _ in found()}
    assert kinds >= PURCHASES[how]


def test_credits_that_left_for_nothing_are_named(store, ada):
    give(ada, 10)
    payment = pay(ada, 3, purpose="Nothing")
    assert found() == [("payment_for_nothing", f"wallet {ada.pk}, payment {payment.pk}")]


ITEMS = {
    "share = share + 1": {"shares", "invoice_items"},
    "original_price = original_price + 1": {"invoice_items", "downloaded_price"},
    "title = 'Else'": {"invoice_items"},
    "first_downloaded_at = NULL": {"first_downloaded"},
}


@pytest.mark.parametrize("how", ITEMS)
def test_a_changed_item_is_named(store, how):
    change(f"UPDATE storefront_purchaseitem SET {how} WHERE purchase_id = %s", store["kept"].pk)  # noqa: S608 - ours
    assert {kind for kind, row in found() if row == store["kept"].number} >= ITEMS[how]


REFUNDS = {
    "UPDATE refunds_refund SET credits = 39 WHERE purchase_id = %s": {"refund_restored", "refund_digest"},
    "UPDATE refunds_refund SET basis = 'goodwill' WHERE purchase_id = %s": {"refund_digest", "kept_share"},
    "UPDATE refunds_refund SET facts = '{}' WHERE purchase_id = %s": {"refund_digest"},
    "UPDATE refunds_refund SET decision = '{}' WHERE purchase_id = %s": {"refund_digest"},
    "UPDATE refunds_refund SET door = 'api' WHERE purchase_id = %s": {"refund_digest"},
    "UPDATE refunds_refund SET digest = 'x' WHERE purchase_id = %s": {"refund_digest", "refund_evidence"},
    "UPDATE storefront_purchase SET status = 'completed' WHERE id = %s": {"refund_status"},
    "UPDATE storefront_purchaseitem SET kept_share = 1 WHERE purchase_id = %s AND position = 1": {
        "kept_share"
    },
    "UPDATE storefront_purchaseitem SET kept_share = NULL WHERE purchase_id = %s": {"kept_share_missing"},
}


@pytest.mark.parametrize("how", REFUNDS)
def test_a_changed_refund_is_named(store, how):
    change(how, store["partly"].pk)
    row = f"refund of {store['partly'].number}"
    assert {kind for kind, named in found() if named == row} >= REFUNDS[how]


def test_a_refunded_purchase_without_its_refund_is_named(store):
    change("UPDATE storefront_purchase SET status = 'refunded' WHERE id = %s", store["kept"].pk)
    assert ("refund_missing", store["kept"].number) in found()


def test_a_credit_note_that_says_something_else_is_named(store):
    change("UPDATE refunds_creditnote SET facts = replace(facts, '\"credits\":40', '\"credits\":41')")
    assert ("credit_note", f"refund of {store['partly'].number}") in found()


DOCUMENTS = {
    "number = 'IN010000000099'": {"invoice_number"},
    "customer_id = {ada}": {"invoice_customer"},
    "purchase_id = {pending}": {"invoice_missing", "invoice_customer"},
    "issued_at = '2026-11-20 12:00:00.000001+00:00'": {"invoice_date"},
}


@pytest.mark.parametrize("how", DOCUMENTS)
def test_a_changed_invoice_is_named(store, ada, oak, how):
    pending = buy(ada, oak, again=True)
    change("DELETE FROM storefront_invoice WHERE purchase_id = %s", pending.pk)
    change("UPDATE storefront_purchase SET status = 'pending', completed_at = NULL WHERE id = %s", pending.pk)
    assert found() == []
    how_exactly = how.format(ada=ada.pk, pending=pending.pk)
    change(f"UPDATE storefront_invoice SET {how_exactly} WHERE purchase_id = %s", store["kept"].pk)  # noqa: S608 - ours
    assert {kind for kind, _ in found()} >= DOCUMENTS[how]


NOTES = {
    "number = 'CN010000000099'": {"credit_note", "series_end"},
    "customer_id = {ben}": {"credit_note"},
    "issued_at = '2026-11-21 12:00:00.000001+00:00'": {"credit_note_date"},
}


@pytest.mark.parametrize("how", NOTES)
def test_a_changed_credit_note_is_named(store, ben, how):
    note = store["partly"].refund.credit_note.pk
    change(f"UPDATE refunds_creditnote SET {how.format(ben=ben.pk)} WHERE id = %s", note)  # noqa: S608 - ours
    assert {kind for kind, _ in found()} >= NOTES[how]


@pytest.mark.parametrize("text", ["torn", "[]", "{}", '{"items":[3]}'])
def test_a_document_that_cannot_be_read_is_named_and_stops_nothing(store, text):
    change("UPDATE storefront_invoice SET facts = %s WHERE number = %s", text, store["kept"].number)
    change("UPDATE refunds_creditnote SET facts = %s", text)
    assert [(kind, row) for kind, row in found() if kind.endswith("unreadable")] == [
        ("invoice_unreadable", store["kept"].number),
        ("credit_note_unreadable", f"refund of {store['partly'].number}"),
        ("credit_note_unreadable", f"refund of {store['whole'].number}"),
    ]


def test_licences_that_go_on_after_a_full_refund_are_named(store):
    change("UPDATE storefront_purchase SET revoked_at = NULL WHERE id = %s", store["whole"].pk)
    assert found() == [("refund_revoked", f"refund of {store['whole'].number}")]


def test_a_charge_back_that_its_purchase_denies_is_named(store, lea):
    charge_back(purchase=store["kept"], by=lea, why="The bank took it back", now=NOW)
    assert found() == []
    change("UPDATE storefront_purchase SET status = 'completed' WHERE id = %s", store["kept"].pk)
    assert found() == [("charge_back", store["kept"].number)]


def test_a_hole_in_a_series_is_named(store):
    change("UPDATE storefront_series SET last = last + 1 WHERE prefix = 'IN'")
    assert found() == [("series_gap", "series IN01"), ("series_end", "series IN01")]


def test_a_download_of_somebody_else_is_named(store, ada):
    change("UPDATE storefront_download SET customer_id = %s WHERE purchase_id = %s", ada.pk, store["kept"].pk)
    assert [kind for kind, _ in found()] == ["download_astray"]
