"""A store in figures and fingerprints, to be held against those that were written down when it was made.

`told()` names nothing by its id, so it is the same in every database that the store has moved to. `written()` is what
stands in this very database, byte for byte: the heads of the chains, the stored decisions.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.models import AuditLine, Publisher, User
from credits.models import Entry, Lot, Redemption, Usage, Wallet
from credits.proofs import Progress, findings
from doors.portal.verify import in_ten_fields
from ground.instants import stamp
from ground.transactions import snapshot
from refunds.models import Case, ChargeBack, CreditNote, Denial, Refund
from refunds.replay import replay
from refunds.services import quote
from refunds.verification import look
from storefront.models import Document, Download, Invoice, Purchase, Series, Terms

# The last instant of the store that is kept in tests/data.
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LATELY = timedelta(days=120)
COUNTED = (
    *(User, Publisher, Terms, Lot, Usage, Entry, Redemption, Purchase, Download, Invoice, Document),
    *(Refund, Denial, CreditNote, ChargeBack, Case, AuditLine),
)
Fingerprints = dict[str, str]


def told() -> dict[str, Any]:
    return {
        "counts": {model.__name__: model._base_manager.count() for model in COUNTED},
        "statuses": _counted(Purchase, "status"),
        "bases": _counted(Refund, "basis"),
        "cases": _counted(Case, "state"),
        "grounds": _counted(Case, "grounds"),
        "series": {f"{row.prefix}{row.code}": [row.last, row.skipped] for row in Series.objects.all()},
        "wallets": _wallets(),
        "purchases": _purchases(),
        "decisions": _decisions(),
        "documents": {row.pk: _print(bytes(row.pdf)) for row in Document.objects.all()},
        "facts_of_documents": _print_of(
            sorted(
                [row.number, row.facts, stamp(row.issued_at)]
                for model in (Invoice, CreditNote)
                for row in model.objects.all()
            )
        ),
        "verify": {row.slug: _verified(row) for row in Publisher.objects.all()},
        "timelines": {case.number: _timeline(case) for case in Case.objects.all()},
        "audit": _print_of(
            sorted(
                [stamp(at), *rest]
                for at, *rest in AuditLine.objects.values_list("at", "by__email", "act", "subject", "why")
            )
        ),
    }


def proof() -> dict[str, Any]:
    """What check_ledger and replay_decisions find."""
    with snapshot():
        wrong = [list(finding) for finding in findings(Progress())]
    replayed = list(replay())
    return {
        "findings": wrong,
        "replayed": len(replayed),
        "different": [str(each) for differences in replayed for each in differences],
    }


def everything() -> dict[str, Any]:
    return {"proof": proof(), "store": told(), "database": written()}


def written() -> dict[str, Fingerprints]:
    decided = {
        f"{row.purchase.number} {stamp(row.at)}": _print(row.facts + row.decision)
        for model in (Refund, Denial)
        for row in model.objects.select_related("purchase")
    }
    return {
        "heads": dict(Wallet.objects.values_list("customer__email", "head_digest")),
        "refunds": dict(Refund.objects.values_list("purchase__number", "digest")),
        "decisions": decided,
    }


def _counted(model: Any, column: str) -> dict[str, int]:
    return dict(Counter(model.objects.values_list(column, flat=True)))


def _wallets() -> dict[str, list[Any]]:
    """Balance, lines, and a fingerprint of statement and lots."""
    lines: dict[str, list[Any]] = {}
    entries = Entry.objects.order_by("wallet", "number")
    for email, at, *line in entries.values_list(
        *("wallet__customer__email", "at", "number", "kind", "credits", "balance_after", "memo"),
        *("made_by__email", "lot__kind", "lot__source"),
    ):
        lines.setdefault(email, []).append([stamp(at), *line])
    lots: dict[str, list[Any]] = {}
    for lot in Lot.objects.select_related("wallet__customer", "reborn_from__lot"):
        of = lot.reborn_from.lot if lot.reborn_from else None
        lots.setdefault(lot.wallet.customer.email, []).append(
            [
                *(lot.kind, lot.issued, lot.remaining, stamp(lot.expires_at), stamp(lot.created_at)),
                *(lot.source, stamp(of.created_at) if of else None),
            ]
        )
    rows = Wallet.objects.select_related("customer")
    return {
        row.customer.email: [
            row.balance,
            row.entries_count,
            _print_of([lines.get(row.customer.email), sorted(lots.get(row.customer.email, ()), key=repr)]),
        ]
        for row in rows
    }


def _purchases() -> dict[str, str]:
    """Status, credits, what a refund would be at NOW (of those of the last months), and what each publisher keeps."""
    rows = Purchase.objects.select_related("customer", "terms", "payment").prefetch_related("items")
    return {row.number: f"{row.status} {row.credits_spent}: {_answer(row)}; {_kept(row)}" for row in rows}


def _answer(purchase: Purchase) -> str:
    if purchase.created_at < NOW - LATELY:
        return "not asked"
    decision = quote(purchase=purchase, requester=purchase.customer, now=NOW).decision
    return str(decision.credits) if decision.eligible else ", ".join(each.code for each in decision.reasons)


def _kept(purchase: Purchase) -> str:
    """Of each item its share, or what is left of it, and whether it was downloaded (d) or revoked (r)."""
    return " ".join(
        f"{item.share}"
        + (f"→{item.kept_share}" if item.kept_share is not None else "")
        + ("d" if item.first_downloaded_at else "")
        + ("r" if item.revoked_at or purchase.revoked_at else "")
        for item in sorted(purchase.items.all(), key=lambda item: item.position)
    )


def _decisions() -> Fingerprints:
    """Facts and decision with people by their address, and lots by their kind alone."""
    emails = dict(User.objects.values_list("pk", "email"))
    found = {}
    for model in (Refund, Denial):
        for row in model.objects.select_related("purchase", "requested_by"):
            facts, decision = json.loads(row.facts), json.loads(row.decision)
            for key in ("owner", "requester"):
                facts[key] = emails.get(facts[key])
            for part in decision["restores"]:
                del part["lot"]
            more = [row.credits, row.basis, row.full] if isinstance(row, Refund) else []
            found[f"{row.purchase.number} {stamp(row.at)}"] = _print_of(
                [facts, decision, row.requested_by.email, row.door, *more]
            )
    return found


def _verified(publisher: Publisher) -> list[str]:
    """The rows of verify.json for every invoice of the store; a publisher sees its own items."""
    numbers = list(Purchase.objects.order_by("number").values_list("number", flat=True))
    rows = look(publisher=publisher, numbers=numbers, now=NOW)
    return [" | ".join(str(value) for value in in_ten_fields(row).values()) for row in rows]


def _timeline(case: Case) -> str:
    events = case.events.order_by("pk").values_list(
        *("at", "side", "by__email", "publisher__slug", "door", "act", "note", "private_note", "credits")
    )
    answers = case.answers.order_by("pk").values_list(
        *("publisher__slug", "authorised", "note", "help_note", "help_accepted", "reminders")
    )
    files = [
        [file.name, file.content_type, file.shared, _print(bytes(file.content))]
        for file in case.attachments.order_by("pk")
    ]
    items = list(case.items.order_by("pk").values_list("item__asset__slug", flat=True))
    steps = [[stamp(at), *step] for at, *step in events]
    proposed = [case.proposed_credits, case.proposed_keep, case.proposed_basis, case.proposed_note]
    return _print_of(
        [case.state, case.grounds, stamp(case.deadline), steps, list(answers), files, items, proposed]
    )


def _print_of(rows: Iterable[Any]) -> str:
    return _print(json.dumps(rows, ensure_ascii=False))


def _print(content: str | bytes) -> str:
    return hashlib.sha256(content.encode() if isinstance(content, str) else content).hexdigest()
