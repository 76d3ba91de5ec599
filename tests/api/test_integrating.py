"""docs/integrating.md, carried out: every command against a real server, every answer held against the one printed."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.keys import make_key
from accounts.models import Publisher, User
from doors.problems import PROBLEMS
from storefront.models import Asset, Bundle, Purchase
from tests.world import NOW, buy, give

PAGE = Path(__file__).resolve().parents[2] / "docs/integrating.md"
BLOCKS = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
ANYTHING = "…"


def blocks(kind: str) -> list[str]:
    return [text for name, text in BLOCKS.findall(PAGE.read_text()) if name == kind]


def steps() -> list[tuple[str, str]]:
    """Each command with the answer that the page prints below it."""
    found = []
    for block in blocks("console"):
        command, _, answer = re.match(r"\$ ((?:.*\\\n)*.*(?:\n .*)*)(\n)((?s:.*))", block).groups()  # type: ignore[union-attr]
        found.append((command, answer))
    return found


def run(command: str, known: dict[str, str]) -> Any:
    """As somebody would type it."""
    assert shutil.which("curl"), "this test needs the package curl"
    environment = {**os.environ, **known, "no_proxy": "*"}
    done = subprocess.run(
        ["bash", "-euc", command], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def fits(printed: Any, said: Any, known: dict[str, str]) -> bool:
    """All that the page prints is there; a name such as $INVOICE takes what it meets first."""
    if isinstance(printed, str) and printed.startswith("$"):
        return bool(known.setdefault(printed[1:], said) == said)
    if isinstance(printed, dict):
        return isinstance(said, dict) and all(
            name in said and fits(value, said[name], known) for name, value in printed.items()
        )
    if isinstance(printed, list):
        return len(printed) == len(said) and all(map(lambda a, b: fits(a, b, known), printed, said))
    return bool(printed in (ANYTHING, said))


@pytest.fixture
def known(
    transactional_db: None,
    live_server: Any,
    ada: User,
    lea: User,
    gil: User,
    grove: Publisher,
    forest: Bundle,
    fern: Asset,
    monkeypatch: pytest.MonkeyPatch,
) -> dict[str, str]:
    """What the page takes for granted: an address, three keys, and a purchase of long ago."""
    monkeypatch.setattr("accounts.middleware.timezone.now", lambda: NOW)
    old = buy(ada, fern, days_ago=60)
    give(ada, 100)
    return {
        "STORE": live_server.url,
        "SHOP": make_key(owner=lea, store=True, now=NOW)[1],
        "ADA": make_key(owner=ada, now=NOW)[1],
        "GROVE": make_key(owner=gil, publisher=grove, now=NOW)[1],
        "OLD": old.number,
    }


def test_every_step_of_the_page_does_what_it_prints(
    known: dict[str, str], figure: Callable[[str], None]
) -> None:
    for command, printed in steps():
        said = run(command, known)
        assert fits(json.loads(printed), said, known), (command, said)
    figure(f"docs/integrating.md: {len(steps())} commands and one Python client carried out as printed")


def test_the_python_client_prints_what_the_page_says(known: dict[str, str]) -> None:
    [client], [printed] = blocks("python"), blocks("text")
    done = subprocess.run(
        [sys.executable, "-I", "-c", client],
        env={**os.environ, **known, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    bought = Purchase.objects.latest("pk").number
    assert done.stdout == printed.replace("$BOUGHT", bought)


def test_every_error_on_the_page_is_one_with_this_status() -> None:
    rows = re.findall(r"^\| (`.*?) \| ([\d, ]+) \|", PAGE.read_text(), re.MULTILINE)
    assert len(rows) > 10
    for codes, statuses in rows:
        told = {PROBLEMS[code].status for code in re.findall(r"`(\w+)`", codes)}
        assert told == {int(status) for status in statuses.split(",")}, codes
