"""A store of before in the hands of today's code: migrated, proved, put into figures, and worked in for a day more.

Run in a process of its own, because the store stands in another database than the tests':
`manage.py shell --no-imports -c "from tests.storefile.going_on import main; main()"` with DATABASE_URL naming it. What was
found is printed as JSON.
"""

import json
import sys
from datetime import timedelta
from typing import Any

from django.core.management import call_command

from accounts.models import User
from credits.codes import redeem_code
from credits.models import Entry, Wallet
from ground.receipts import Asking
from refunds import cases
from refunds.models import Case, Denial, Refund
from refunds.services import quote, request_refund
from storefront.models import Asset, Bundle, Download, Purchase, Series
from storefront.services import Wanted, download, request_purchase
from tests.storefile import store_figures

TOMORROW = store_figures.NOW + timedelta(days=1)


def main() -> None:
    call_command("migrate", verbosity=0)
    found = store_figures.everything()
    found["tomorrow"] = _tomorrow()
    found["heads_after"] = _heads_of(found["database"]["heads"])
    found["proof_after"] = store_figures.proof()
    json.dump(found, sys.stdout, ensure_ascii=False)


def _tomorrow() -> dict[str, Any]:
    """One person asks for a refund, is denied a second one, uses a code, buys and downloads; a case is confirmed."""
    who = User.objects.get(email="zbyva@example.com")
    bought = Purchase.objects.select_related("customer", "terms", "payment").get(customer=who)
    asked = quote(purchase=bought, requester=who, now=TOMORROW)
    restores = [[part.kind, part.credits, _time(part.expires_at)] for part in asked.decision.restores]
    refund = request_refund(
        asking=_asking(who, "refund"), purchase=bought, expected_credits=asked.decision.credits
    ).outcome
    again = request_refund(asking=_asking(who, "again"), purchase=bought, expected_credits=0).outcome
    assert isinstance(refund, Refund)
    assert isinstance(again, Denial)
    lot = redeem_code(asking=_asking(who, "code"), text="welcome 50").outcome.lot
    return {
        "quote": [asked.decision.eligible, asked.decision.credits, restores],
        "refund": _refunded(refund),
        "again": [reason["code"] for reason in json.loads(again.decision)["reasons"]],
        "code": [lot.kind, lot.issued],
        "purchase": _buys(who),
        "download": _downloads(who),
        "case": _confirms(),
        "balances": {
            email: Wallet.objects.get(customer__email=email).balance
            for email in ("zbyva@example.com", "druhy@example.com")
        },
        "lots": [
            [lot.kind, lot.remaining, _time(lot.expires_at)]
            for lot in who.wallet.lots.open().in_spending_order()
        ],
        "series": {f"{row.prefix}{row.code}": [row.last, row.skipped] for row in Series.objects.all()},
    }


def _refunded(refund: Refund) -> dict[str, Any]:
    bought = Purchase.objects.get(pk=refund.purchase_id)
    items = bought.items.order_by("position").select_related("asset")
    return {
        "credits": refund.credits,
        "full": refund.full,
        "credit_note": refund.credit_note.number,
        "items": [
            [item.asset.slug, item.kept_share, bool(item.revoked_at or bought.revoked_at)] for item in items
        ],
    }


def _buys(who: User) -> dict[str, Any]:
    starter = Bundle.objects.get(slug="starter")
    purchase = request_purchase(
        asking=_asking(who, "buy"), thing=starter, expected_credits=15, allow_duplicate=True
    ).outcome
    assert isinstance(purchase, Purchase)
    usages = purchase.payment.usages.order_by("pk").select_related("lot")  # type: ignore[union-attr] # it was paid
    return {
        "number": purchase.number,
        "shares": list(purchase.items.order_by("position").values_list("share", flat=True)),
        "drawn": [[usage.lot.kind, usage.spent] for usage in usages],
    }


def _downloads(who: User) -> list[Any]:
    brush = Asset.objects.get(slug="brush")
    made = download(customer=who, wanted=[Wanted(brush)], told="", door="page", now=TOMORROW)
    counted = Purchase.objects.get(pk=made[0].purchase_id)
    return [
        made[0].version,
        counted.number,
        counted.downloaded_count,
        Download.objects.filter(customer=who).count(),
    ]


def _confirms() -> dict[str, Any]:
    case = Case.objects.get(customer__email="druhy@example.com", proposed_credits=1500)
    cases.do("confirm", case=case, by=User.objects.get(email="sam@store.example"), now=TOMORROW)
    case.refresh_from_db()
    return {"state": case.state, "basis": case.refund.basis, **_refunded(case.refund)}


def _heads_of(heads: dict[str, str]) -> list[str]:
    """Whose chain does not go on from the line that was its last."""
    lost = []
    for email, head in heads.items():
        if head and not Entry.objects.filter(wallet__customer__email=email, digest=head).exists():
            lost.append(email)
    return lost


def _asking(person: User, key: str) -> Asking:
    return Asking(
        person=person,
        key=f"tomorrow-{key}",
        what=key,
        now=TOMORROW,
        door="page",
        write=lambda outcome: (303, "/"),
    )


def _time(at: Any) -> str | None:
    return at.isoformat() if at else None
