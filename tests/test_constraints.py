"""Every law that stands in the database, broken by raw SQL: the database says no, and names the law.

A copy of a row is inserted with just so much changed that it breaks one law and no other; so whichever constraint is
dropped, its line here fails. A constraint without a line fails too.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, Model, UniqueConstraint

from credits.models import MOST, ExpiryNotice
from tests.adas_things import things
from tests.world import NOW

pytestmark = pytest.mark.django_db
ROOMS = ("ground", "accounts", "outbox", "credits", "storefront", "refunds")
Change = dict[str, object]
TOO_MANY = MOST + 1

CHECKS: dict[str, list[Change]] = {
    "wallet_never_overdrawn": [{"balance": -1}, {"balance": TOO_MANY}],
    "lot_issues_something": [{"issued": 0, "remaining": 0}, {"issued": TOO_MANY}],
    "lot_between_nothing_and_issued": [{"remaining": -1}, {"issued": 5, "remaining": 6}],
    "lot_of_a_known_kind": [{"kind": "gold"}],
    "payment_of_something": [{"credits": 0}, {"credits": TOO_MANY}],
    "usage_spends_something": [{"spent": 0, "restored": 0}],
    "usage_never_restores_more_than_spent": [{"restored": -1}, {"spent": 5, "restored": 6}],
    "entry_never_below_zero": [{"balance_after": -1}],
    "entry_signed_by_its_kind": [
        *({"kind": kind, "credits": -1} for kind in ("grant", "restore")),
        *({"kind": kind, "credits": 1} for kind in ("spend", "expire")),
        {"kind": "gift", "credits": 1},
        {"kind": "grant", "credits": 0},
    ],
    "code_gives_something": [{"credits": 0}, {"credits": TOO_MANY}],
    "code_of_a_known_kind": [{"kind": "gold"}],
    "code_reads_as_something": [{"reads_as": ""}],
    "asset_price_is_credits": [{"price": -1}, {"price": TOO_MANY}],
    "bundle_price_is_credits": [{"price": -1}, {"price": TOO_MANY}],
    "bundle_part_is_one_thing": [{"asset_id": None, "inner_id": None}, {"asset_id": 1, "inner_id": -1}],
    "bundle_not_in_itself": [{"asset_id": None, "bundle_id": 7, "inner_id": 7}],
    "terms_percent_is_one": [{"bundle_percent": 101}],
    "terms_window_is_days": [{"window_days": 36_501}],
    "purchase_of_one_thing": [{"asset_id": None, "bundle_id": None}, {"asset_id": 1, "bundle_id": 1}],
    "purchase_for_whole_credits": [{"credits_spent": -1}, {"credits_spent": TOO_MANY}],
    "purchase_is_paid_unless_free": [{"payment_id": None}],
    "purchase_completed_at_some_time": [
        {"completed_at": None, "status": status} for status in ("completed", "refunded")
    ],
    "purchase_counts_its_own_items": [{"items_count": 1, "downloaded_count": 2}],
    "item_in_whole_credits": [
        {column: value} for column in ("original_price", "share") for value in (-1, TOO_MANY)
    ],
    "item_keeps_whole_credits": [{"kept_share": -1}, {"kept_share": TOO_MANY}],
    "download_by_dependency_names_it": [
        {"cause": "direct", "via_id": 1},
        {"cause": "dependency", "via_id": None},
        {"cause": "chance", "via_id": None},
    ],
    "case_names_its_purchase": [{"purchase_id": None, "grounds": "other"}],
    "case_in_a_known_state": [{"state": "lost", "closed_at": NOW}],
    "case_on_known_grounds": [{"grounds": "dislike"}],
    "case_closed_at_its_end": [{"closed_at": NOW}, {"state": "approved", "closed_at": None}],
    "case_proposes_whole_credits": [{"proposed_credits": -1}, {"proposed_credits": TOO_MANY}],
    "answer_given_at_some_time": [
        {"authorised": True, "answered_at": None},
        {"authorised": None, "answered_at": NOW},
    ],
    "refund_in_whole_credits": [{"credits": -1}, {"credits": TOO_MANY}],
    "refund_on_a_known_basis": [{"basis": "mercy"}],
}
# What has to differ in a copy so that only this one law is broken.
ONCE: dict[str, Change] = {
    "user_email_once_whatever_the_case": {"email": "ADA@EXAMPLE.COM"},
    "publisher_email_once": {},
    "membership_once": {},
    "receipt_once_per_person_and_key": {},
    "expiry_told_once_per_lot_and_deadline": {},
    "usage_once_per_lot_and_payment": {},
    "entry_number_once_per_wallet": {},
    "bundle_names_an_asset_once": {},
    "item_once_per_purchase": {},
    "series_once": {},
    "case_open_once_per_purchase": {"number": "C00000000"},
    "case_names_an_item_once": {},
    "answer_once_per_publisher": {},
    "verified_once_per_publisher": {},
}
ONCE_EACH: dict[str, Change] = {
    "accounts_apikey.prefix": {},
    "accounts_publisher.slug": {},
    "credits_code.code": {"reads_as": "OTHER"},
    "credits_code.reads_as": {"code": "OTHER"},
    "credits_redemption.lot_id": {},
    "storefront_asset.slug": {},
    "storefront_bundle.slug": {},
    "storefront_terms.version": {"in_force_from": NOW},
    "storefront_terms.in_force_from": {"version": "other"},
    "storefront_purchase.number": {"payment_id": None, "credits_spent": 0},
    "storefront_purchase.payment_id": {"number": "IN010000009999"},
    "storefront_shopreference.name": {"purchase_id": -1},
    "storefront_shopreference.purchase_id": {"name": "another"},
    "storefront_invoice.purchase_id": {"number": "IN010000009999"},
    "storefront_invoice.number": {"purchase_id": -1},
    "refunds_case.number": {"purchase_id": None, "grounds": "credits_wrong"},
    "refunds_case.compensation_id": {"number": "C00000000", "purchase_id": -2},
    "refunds_attachment.ref": {},
    "refunds_refund.purchase_id": {},
    "refunds_refund.case_id": {"purchase_id": -2},
    "refunds_creditnote.refund_id": {"number": "CN010000009999"},
    "refunds_creditnote.number": {"refund_id": -1},
    "refunds_chargeback.purchase_id": {},
}
# No row of the world has one, so the first copy brings it and the second repeats it.
BROUGHT: dict[str, Change] = {
    "refunds_case.compensation_id": {"compensation_id": -1, "number": "C00000001", "purchase_id": -1},
    "refunds_refund.case_id": {"case_id": -1, "purchase_id": -1},
}


@pytest.fixture
def world(grove: Any, quarry: Any) -> Any:
    made = things(grove=grove, quarry=quarry)
    ExpiryNotice.objects.create(lot=made.wallet.lots.first(), days=7, at=NOW)
    return made


def models() -> Iterator[type[Model]]:
    for room in ROOMS:
        yield from apps.get_app_config(room).get_models()


def named(kind: type[CheckConstraint] | type[UniqueConstraint]) -> dict[str, type[Model]]:
    return {
        constraint.name: model
        for model in models()
        for constraint in model._meta.constraints
        if isinstance(constraint, kind)
    }


def copy(model: type[Model], change: Change) -> str:
    """Inserts the changed copy of the newest row; returns which law said no, in the database's words, or nothing."""
    fields = [field for field in model._meta.concrete_fields if field.get_internal_type() != "BigAutoField"]
    columns = [str(field.column) for field in fields]
    assert change.keys() <= set(columns), change
    row = model._base_manager.order_by("-pk").values_list(*[field.attname for field in fields]).first()
    assert row is not None, f"the world has no {model.__name__}"
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(map(connection.ops.quote_name, columns))
    values = [
        field.get_db_prep_save(change.get(column, value), connection)
        for field, column, value in zip(fields, columns, row, strict=True)
    ]
    places = ", ".join(["%s"] * len(columns))
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", values)  # noqa: S608 - names of ours
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        return diagnosis.constraint_name if diagnosis else str(error)
    return ""


def test_every_law_has_a_line_here() -> None:
    assert named(CheckConstraint).keys() == CHECKS.keys()
    assert named(UniqueConstraint).keys() == ONCE.keys()
    once_each = {
        f"{model._meta.db_table}.{field.column}"
        for model in models()
        for field in model._meta.local_concrete_fields
        if field.unique and not field.primary_key
    }
    # A user's address is held by the law that looks past upper and lower case as well.
    assert once_each == ONCE_EACH.keys() | {"accounts_user.email"}


def test_each_check_refuses_what_breaks_it_and_nothing_else_does(world: Any) -> None:
    said = {
        (name, str(change)): copy(model, change)
        for name, model in named(CheckConstraint).items()
        for change in CHECKS[name]
    }
    assert {line: no for line, no in said.items() if line[0] not in no} == {}


def test_what_is_there_once_is_not_there_twice(world: Any) -> None:
    said = {name: copy(model, ONCE[name]) for name, model in named(UniqueConstraint).items()}
    of_postgresql = connection.vendor == "postgresql"
    assert {name: no for name, no in said.items() if (name if of_postgresql else "UNIQUE") not in no} == {}


def test_what_belongs_to_one_belongs_to_no_other(world: Any) -> None:
    by_table = {model._meta.db_table: model for model in models()}
    of_postgresql = connection.vendor == "postgresql"
    said = {}
    with transaction.atomic():
        for name, change in ONCE_EACH.items():
            table, column = name.split(".")
            if name in BROUGHT:
                assert copy(by_table[table], BROUGHT[name]) == ""
            said[name] = copy(by_table[table], {**BROUGHT.get(name, {}), **change})
            wanted = f"{table}_{column}_" if of_postgresql else f"UNIQUE constraint failed: {name}"
            if said[name].startswith(wanted):
                said.pop(name)
        transaction.set_rollback(True)
    assert said == {}
