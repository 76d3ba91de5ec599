"""How facts and lines are spelled, and the chain of digests that binds them.

Facts are JSON with sorted keys and no spaces, so that the same facts are the same bytes. They are spelled here and
nowhere else: the ledger writes them, and the proof spells them again from the rows and compares.
"""

import hashlib
import json
from json.encoder import encode_basestring as quoted

GENESIS = ""
EXPIRED = "{}"


def canonical(facts: object) -> str:
    """The one spelling of plain data, whatever order its keys came in: this is what digests are taken of."""
    return json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def lot_facts(
    *,
    created_at: str | None,
    expires_at: str | None,
    issued: int,
    kind: str,
    reborn_from: int | None,
    source: str,
) -> str:
    """Everything about a lot that never changes; `reborn_from` is the usage whose own lot had expired."""
    ends = f'"{expires_at}"' if expires_at else "null"
    usage = "null" if reborn_from is None else reborn_from
    return (
        f'{{"created_at":"{created_at}","expires_at":{ends},"issued":{issued},"kind":"{kind}",'
        f'"reborn_from":{usage},"source":{quoted(source)}}}'
    )


def usage_facts(*, at: str | None, of: int, purpose: str, spent: int) -> str:
    """A payment, and the part of it that this line took from its lot."""
    return f'{{"at":"{at}","of":{of},"purpose":{quoted(purpose)},"spent":{spent}}}'


def restored_facts(*, evidence: str, lot: str | None, restored: int) -> str:
    """What came back and for which fact; a lot that was reborn for it brings its own facts along."""
    if lot is None:
        return f'{{"evidence":{quoted(evidence)},"restored":{restored}}}'
    return f'{{"evidence":{quoted(evidence)},"lot":{lot},"restored":{restored}}}'


def line_digest(
    previous: str,
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
    at: str | None,
) -> str:
    """Covers the line, the facts it stands for, and its predecessor. Free texts carry their length, so that moving a
    character from one to the next shows."""
    line = (
        f"{previous}|{wallet}|{number}|{kind}|{credits}|{balance_after}|{lot}|{payment}|{made_by}|{at}"
        f"|{len(memo)}:{memo}|{len(facts)}:{facts}"
    )
    return hashlib.sha256(line.encode()).hexdigest()
