"""`python -O` drops assertions: what protects money is none, so it changes nothing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OVERDRAWN = """
from datetime import UTC, datetime
from credits import ledger
from ground.laws import LawBroken
at = datetime(2026, 11, 28, tzinfo=UTC)
wallet = ledger.Wallet(customer=7)
lot = ledger.grant(wallet, credits=10, kind="paid", source="top-up", at=at)
try:
    ledger.pay(wallet, credits=11, purpose="Oak trees", at=at, draws=[(lot, 11)])
except LawBroken as broken:
    print(broken)
"""


def optimised(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DEBUG": "true", "DATABASE_URL": "sqlite://:memory:"}
    return subprocess.run(
        [sys.executable, "-O", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_store_starts_without_assertions() -> None:
    told = optimised("manage.py", "check", "--fail-level", "WARNING")
    assert (told.returncode, told.stdout) == (0, "System check identified no issues (0 silenced).\n")


def test_a_law_that_protects_money_holds_without_assertions() -> None:
    told = optimised("-c", OVERDRAWN)
    assert (told.stdout, told.stderr) == ("no lot gives more than it holds\n", "")
