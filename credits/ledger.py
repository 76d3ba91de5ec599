"""The chain: what each entry's digest covers, and what its facts must say of the rows it stands for."""

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

GENESIS = ""


def canonical(facts: dict[str, Any]) -> str:
    """The one spelling of plain data: sorted keys, no spaces, so that the same facts are the same bytes."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def stamp(at: datetime | None) -> str | None:
    """An instant as every digest spells it: UTC, with all six digits."""
    if at is None:
        return None
    assert at.tzinfo is not None, "an instant without a zone is none"
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def lot_facts(
    *,
    kind: str,
    issued: int,
    expires_at: datetime | None,
    source: str,
    reborn_from: int | None,
    created_at: datetime,
) -> dict[str, Any]:
    """Everything about a lot that never changes; `reborn_from` is the usage whose own lot had expired."""
    return {
        "kind": kind,
        "issued": issued,
        "expires_at": stamp(expires_at),
        "source": source,
        "reborn_from": reborn_from,
        "created_at": stamp(created_at),
    }


def usage_facts(*, spent: int, credits: int, purpose: str, at: datetime) -> dict[str, Any]:
    return {"spent": spent, "of": credits, "purpose": purpose, "at": stamp(at)}


def digest(
    previous: str,
    *,
    wallet: int,
    number: int,
    kind: str,
    credits: int,
    balance_after: int,
    lot: int,
    payment: int | None,
    facts: str,
    memo: str,
    made_by: int | None,
    at: datetime,
) -> str:
    """Covers the line, the facts it stands for, and its predecessor. Free texts carry their length, so that moving a
    character from one to the next shows."""
    line = (
        f"{previous}|{wallet}|{number}|{kind}|{credits}|{balance_after}|{lot}|{payment}|{made_by}|{stamp(at)}"
        f"|{len(memo)}:{memo}|{len(facts)}:{facts}"
    )
    return hashlib.sha256(line.encode()).hexdigest()
