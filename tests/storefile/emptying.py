"""A store and its emptiness: what a test needs to move out of one and into another that is the same database."""

import io
from typing import Any

from django.apps import apps
from django.db import connection

from accounts.roles import grant_after_migrate
from credits.models import Entry, Lot, Wallet
from doors.storefile.moving_out.store import dump
from ground import guards
from refunds.cases import lines
from refunds.models import Case, Refund
from refunds.services import quote
from storefront.models import Document, Invoice, Purchase, Series
from storefront.standards import make_standards
from tests.world import NOW


def dumped() -> bytes:
    stream = io.BytesIO()
    dump(stream)
    return stream.getvalue()


def empty_the_store() -> None:
    """Every row of the rooms, past the guards: as a new store is, before its first day."""
    # What is still to be checked at the commit holds its table fast; it is checked now.
    connection.check_constraints()
    guards.lift(connection)
    for model in _models():
        model._base_manager.all()._raw_delete(using="default")
    connection.check_constraints()
    guards.install(connection)
    make_standards()
    grant_after_migrate(sender=apps.get_app_config("credits"))


def _models() -> list[Any]:
    """Whatever hangs on something else stands before it."""
    rooms = ("refunds", "storefront", "credits", "outbox", "account", "accounts")
    own = [
        model for room in rooms for model in apps.get_app_config(room).get_models(include_auto_created=True)
    ]
    return list(reversed(own))


def store_as_people_see_it() -> dict[str, Any]:
    """Balances, lots, statements, quotes, documents, refunds, cases: by names that hold in every store."""
    lots = {
        lot.pk: (
            lot.wallet.customer.email,
            lot.kind,
            lot.issued,
            lot.remaining,
            lot.expires_at,
            lot.source,
            lot.created_at,
        )
        for lot in Lot.objects.select_related("wallet__customer")
    }
    return {
        "balances": dict(Wallet.objects.values_list("customer__email", "balance")),
        "lots": sorted(lots.values(), key=str),
        "statements": list(
            Entry.objects.order_by("wallet__customer__email", "number").values_list(
                "wallet__customer__email",
                "number",
                "kind",
                "credits",
                "balance_after",
                "memo",
                "at",
                "lot__issued",
            )
        ),
        "quotes": {each.number: _quote(each, lots) for each in Purchase.objects.select_related("customer")},
        "invoices": dict(Invoice.objects.values_list("number", "facts")),
        "documents": {each.number: bytes(each.pdf) for each in Document.objects.all()},
        "refunds": sorted(
            Refund.objects.values_list(
                "purchase__number", "credits", "basis", "full", "credit_note__number", "at"
            )
        ),
        "series": sorted(Series.objects.values_list("prefix", "last")),
        "cases": {each.number: _case(each) for each in Case.objects.all()},
    }


def _quote(purchase: Purchase, lots: dict[int, Any]) -> Any:
    decision = quote(purchase=purchase, requester=purchase.customer, now=NOW).decision
    restores = [(lots[part.lot], part.credits, part.expires_at) for part in decision.restores]
    plain = (decision.eligible, decision.credits, decision.reasons, decision.items, decision.deductions)
    owned = list(purchase.items.order_by("position").values_list("asset__slug", "kept_share", "revoked_at"))
    return (
        plain,
        decision.refundable_until,
        decision.terms,
        restores,
        purchase.status,
        purchase.revoked_at,
        owned,
    )


def _case(case: Case) -> Any:
    return {
        "stands": (case.state, case.grounds, case.deadline, case.with_lead, case.subject, case.proposed_keep),
        "told": [
            (line.at, line.actor, line.code, line.note, line.private_note, len(line.files))
            for line in lines(case, side="support")
        ],
        "files": [(each.name, bytes(each.content)) for each in case.attachments.order_by("pk")],
        "answers": list(
            case.answers.order_by("pk").values_list("publisher__slug", "authorised", "note", "deadline")
        ),
    }
