"""The two commands: what they print, what they leave behind, and that a load that is killed leaves nothing."""

import io
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from credits.books import Books
from credits.models import Wallet
from storefront.models import Purchase
from tests.storefile.lines import SHOP, as_bytes, grant, load_lines, purchase

ROOT = Path(__file__).resolve().parents[2]
FILE = as_bytes(*SHOP, grant(), purchase())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "store.jsonl"
    path.write_bytes(FILE)
    return path


def told(*arguments: Any, **options: Any) -> str:
    said = io.StringIO()
    call_command(*arguments, **options, stdout=said)
    return said.getvalue()


@pytest.mark.django_db
def test_loading_says_what_was_loaded(file: Path) -> None:
    said = told("load_store", str(file))
    assert said.startswith("Loaded 11 lines in ")
    assert "3 user" in said
    assert Purchase.objects.count() == 1


@pytest.mark.django_db
def test_a_dry_run_says_that_nothing_was_changed(file: Path) -> None:
    assert told("load_store", str(file), dry_run=True).endswith("Nothing was changed.\n")
    assert not Purchase.objects.exists()


@pytest.mark.django_db
def test_loading_reports_as_json(file: Path) -> None:
    said = json.loads(told("load_store", str(file), json=True))
    assert (said["loaded"], said["lines"], said["by_type"]["purchase"]) == (True, 11, 1)


@pytest.mark.django_db
def test_a_refused_file_is_an_error_that_names_each_line(file: Path) -> None:
    file.write_bytes(FILE + b"nonsense\n" + as_bytes(grant("g2", 0)))
    with pytest.raises(CommandError) as error:
        told("load_store", str(file))
    assert str(error.value).splitlines() == [
        "line 12: is not JSON: Expecting value at character 1",
        "line 13: has 0 as “credits”, and 1 is the least",
        "Nothing was changed.",
    ]


@pytest.mark.django_db
def test_a_refused_file_is_reported_as_json_too(file: Path) -> None:
    file.write_bytes(as_bytes(grant()))
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("load_store", str(file), json=True, stdout=said)
    assert json.loads(said.getvalue()) == {
        "loaded": False,
        "count": 1,
        "errors": [{"line": 1, "reason": "names ada@example.com, and no line above it is about this user"}],
    }


@pytest.mark.django_db
def test_a_file_that_is_not_there_is_one_clear_sentence() -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        told("load_store", "nowhere.jsonl")


@pytest.mark.django_db
def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(FILE)))
    told("load_store", "-")
    assert Wallet.objects.get(customer__email="ada@example.com").balance == 440


class Deadlock(Exception):
    sqlstate = "40P01"


@pytest.fixture
def one_deadlock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The living store and the load wait for each other once; the database ends the load's first try."""
    tries: list[int] = []
    close = Books.close

    def ends_once(self: Books) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError from Deadlock()
        close(self)

    monkeypatch.setattr(Books, "close", ends_once)
    return tries


@pytest.mark.django_db
def test_a_load_that_lost_a_deadlock_starts_over(file: Path, one_deadlock: list[int]) -> None:
    assert told("load_store", str(file)).startswith("Loaded 11 lines")
    assert len(one_deadlock) == 2
    assert Wallet.objects.get(customer__email="ada@example.com").balance == 440


@pytest.mark.django_db
def test_what_came_through_a_pipe_cannot_start_over(
    one_deadlock: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = io.BytesIO(FILE)
    pipe.seekable = lambda: False  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=pipe))
    with pytest.raises(CommandError, match="Nothing was done; please try again"):
        told("load_store", "-")
    assert not Purchase.objects.exists()


@pytest.mark.django_db
def test_a_dump_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_lines(*SHOP, grant(), purchase())
    target = tmp_path / "out.jsonl"

    assert told("dump_store", str(target)).startswith("Wrote 12 lines in ")
    assert len(target.read_bytes().splitlines()) == 12

    def fails(*_: Any, **__: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("doors.storefile.management.commands.dump_store.dump", fails)
    with pytest.raises(CommandError, match="cannot be written: No space left on device"):
        told("dump_store", str(tmp_path / "other.jsonl"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.jsonl"]


@pytest.mark.django_db
def test_a_dump_never_tells_passwords_keys_or_receipts() -> None:
    load_lines({**SHOP[2], "password": "a secret that must stay"}, *SHOP[1:2], allow_passwords=True)
    stream = io.TextIOWrapper(io.BytesIO())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", stream)
        call_command("dump_store", "-", stderr=io.StringIO())
    lines = [json.loads(line) for line in stream.buffer.getvalue().splitlines()]  # type: ignore[attr-defined]
    user = next(line for line in lines if line["type"] == "user")
    assert "password" not in user
    assert {line["type"] for line in lines} == {"terms", "publisher", "user"}


@pytest.mark.sqlite
def test_a_load_that_is_killed_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    """Kill -9, after purchases were written and before the load was over."""
    store = tmp_path / "store.sqlite3"
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{store}", "DEBUG": "true"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    load = subprocess.Popen(
        [sys.executable, "manage.py", "load_store", "-"], cwd=ROOT, env=env, stdin=subprocess.PIPE
    )
    assert load.stdin is not None
    load.stdin.write(as_bytes(*SHOP, *(grant(f"g{n}") for n in range(21_000))))
    load.stdin.flush()
    _wait_for_rows(store)
    load.send_signal(signal.SIGKILL)
    load.wait()
    load.stdin.close()

    with sqlite3.connect(store) as database:
        for table in ("accounts_user", "storefront_asset", "credits_wallet", "credits_entry"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608 - names above


def _wait_for_rows(store: Path) -> None:
    """Written, but not committed: what SQLite has not committed yet stands in its write-ahead file."""
    log = Path(f"{store}-wal")
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if log.exists() and log.stat().st_size > 1_000_000:
            return
        time.sleep(0.05)
    raise AssertionError("the load never wrote anything")
