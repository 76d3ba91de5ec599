"""Lines of store files for the tests, and how to load them."""

import io
import json
from datetime import datetime
from typing import Any

import pytest

from credits.proofs import Progress, findings
from doors.storefile.loading import Loaded, Options, load
from doors.storefile.problems import FileRefused
from refunds.replay import replay
from tests.world import NOW

Line = dict[str, Any]

TERMS = {
    "type": "terms",
    "version": "2025-08",
    "in_force_from": "2025-08-15T00:00:00Z",
    "window_days": 30,
    "bundle_percent": 50,
}
GROVE = {"type": "publisher", "slug": "grove", "name": "Grove Studio", "emails": ["hello@grove.example"]}
ADA = {"type": "user", "email": "ada@example.com", "name": "Ada Marsh"}
BEN = {"type": "user", "email": "ben@example.com", "name": "Ben Okafor"}
SAM = {"type": "user", "email": "sam@store.example", "name": "Sam", "roles": ["agent"]}
BARK = {"type": "asset", "slug": "bark", "publisher": "grove", "title": "Bark", "price": 15}
OAK = {
    "type": "asset",
    "slug": "oak",
    "publisher": "grove",
    "title": "Oak trees",
    "price": 40,
    "requires": ["bark"],
}
FERN = {"type": "asset", "slug": "fern", "publisher": "grove", "title": "Ferns", "price": 30}
FOREST = {
    "type": "bundle",
    "slug": "forest",
    "publisher": "grove",
    "title": "Forest",
    "price": 60,
    "assets": ["oak", "fern", "bark"],
}
SHOP = (TERMS, GROVE, ADA, BEN, SAM, BARK, OAK, FERN, FOREST)


def grant(ref: str = "g1", credits: int = 500, at: str = "2026-10-01T00:00:00Z", **more: Any) -> Line:
    told = {"user": "ada@example.com", "kind": "paid", **more}
    return {"type": "grant", "ref": ref, "credits": credits, "at": at, **told}


def purchase(ref: str = "p1", credits: int = 60, at: str = "2026-11-01T09:30:00Z", **more: Any) -> Line:
    thing = {} if "asset" in more else {"bundle": "forest"}
    return {
        "type": "purchase",
        "ref": ref,
        "user": "ada@example.com",
        **thing,
        "credits": credits,
        "at": at,
        **more,
    }


def download(asset: str = "bark", at: str = "2026-11-02T10:00:00Z", **more: Any) -> Line:
    return {"type": "download", "purchase": "p1", "asset": asset, "at": at, **more}


def refund(credits: int, at: str = "2026-11-05T10:00:00Z", basis: str = "policy", **more: Any) -> Line:
    return {"type": "refund", "purchase": "p1", "credits": credits, "basis": basis, "at": at, **more}


def as_bytes(*lines: Line) -> bytes:
    return b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)


def load_lines(*lines: Line, now: datetime = NOW, **options: Any) -> Loaded:
    return load(io.BytesIO(as_bytes(*lines)), options=Options(now=now, **options))


def why_refused(content: bytes, **options: Any) -> list[str]:
    """The reasons for which the file is refused, each with its line."""
    with pytest.raises(FileRefused) as refusal:
        load(io.BytesIO(content), options=Options(now=NOW, **options))
    return refusal.value.problems.sentences()


def why_lines_refused(*lines: Line, **options: Any) -> list[str]:
    return why_refused(as_bytes(*lines), **options)


def case(state: str = "waiting_for_support", grounds: str = "defective", **more: Any) -> Line:
    return {
        "type": "case",
        "purchase": "p1",
        "grounds": grounds,
        "state": state,
        "opened_at": "2026-11-10T08:00:00Z",
        **more,
    }


def is_sound() -> bool:
    """The ledger proves right and every stored decision is taken again alike."""
    return not list(findings(Progress())) and not any(replay())
