"""The store that the code of before has made (tests/data) is the same store in the hands of today's: its file loads and
is dumped again byte for byte; its database is migrated, every chain and every decision in it holds, and work goes on."""

import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from credits.models import Kind
from doors.storefile import schema
from doors.storefile.loading import Options, load
from refunds.models import Basis, Grounds, State
from refunds.policy import ReasonCode
from storefront.models import Status
from tests.adas_things import forgotten
from tests.storefile import store_figures
from tests.storefile.emptying import dumped

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent
DATA = ROOT / "tests" / "data"
TOLD = json.loads((DATA / "store-before.json").read_text())
ASKED = "from tests.storefile.going_on import main; main()"


def unpacked(name: str) -> bytes:
    return gzip.decompress((DATA / name).read_bytes())


@pytest.fixture(scope="module")
def file() -> bytes:
    return unpacked("store-before.jsonl.gz")


@pytest.fixture(scope="module")
def loaded(file: bytes, django_db_setup: None, django_db_blocker: Any) -> dict[str, Any]:
    """The file in an empty store: what is found there, looked at once for all tests here."""
    with django_db_blocker.unblock(), forgotten():
        load(io.BytesIO(file), options=Options(now=store_figures.NOW))
        return {**store_figures.everything(), "dump": dumped()}


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The database, in a process of its own that migrates it, looks at it and works in it."""
    put_back = _on_postgresql() if settings.ON_POSTGRESQL else _on_sqlite(tmp_path_factory.mktemp("before"))
    with put_back as url:
        told = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", ASKED],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url, "DEBUG": "true"},
            check=False,
            capture_output=True,
            text=True,
        )
    assert told.returncode == 0, told.stderr
    return json.loads(told.stdout)


@contextmanager
def _on_sqlite(folder: Path) -> Iterator[str]:
    path = folder / "store.sqlite3"
    path.write_bytes(unpacked("store-before.sqlite3.gz"))
    yield f"sqlite:///{path}"


@contextmanager
def _on_postgresql() -> Iterator[str]:
    server, name = settings.DATABASE_URL, f"store_before_{os.getpid()}"
    url = urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            with psycopg.connect(url, autocommit=True) as inside:
                inside.execute(unpacked("store-before.sql.gz"))
            yield url
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["loaded", "opened"])
def store(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def differing(found: Any, told: Any) -> Any:
    """Of two mappings only what differs, as (was, is): a store in figures is too long to be shown whole."""
    if not isinstance(told, dict):
        return {} if found == told else {"was": told, "is": found}
    return {
        key: (told.get(key), found.get(key))
        for key in sorted({*found, *told})
        if found.get(key) != told.get(key)
    }


def test_check_ledger_finds_nothing(store: dict[str, Any]) -> None:
    assert store["proof"]["findings"] == []


def test_every_decision_would_be_taken_again(store: dict[str, Any]) -> None:
    assert store["proof"] == TOLD["proof"]
    assert TOLD["proof"]["different"] == []


@pytest.mark.parametrize("part", sorted(TOLD["store"]))
def test_the_store_says_what_it_said_then(store: dict[str, Any], part: str) -> None:
    assert differing(store["store"][part], TOLD["store"][part]) == {}


def test_the_file_is_dumped_again_byte_for_byte(loaded: dict[str, Any], file: bytes) -> None:
    before, after = file.splitlines(), loaded["dump"].splitlines()
    assert [(was, now) for was, now in zip(before, after, strict=False) if was != now][:3] == []
    assert len(after) == len(before)


@pytest.mark.parametrize("part", sorted(TOLD["database"]))
def test_heads_and_decisions_of_the_database_are_the_same_bytes(opened: dict[str, Any], part: str) -> None:
    assert differing(opened["database"][part], TOLD["database"][part]) == {}


@pytest.mark.parametrize("part", sorted(TOLD["tomorrow"]))
def test_people_go_on_working_in_it(opened: dict[str, Any], part: str) -> None:
    assert opened["tomorrow"][part] == TOLD["tomorrow"][part]


def test_after_a_day_more_every_chain_goes_on_and_is_proved(opened: dict[str, Any]) -> None:
    assert opened["heads_after"] == []
    assert opened["proof_after"] == TOLD["proof_after"]


def test_the_store_holds_every_kind_of_thing(file: bytes) -> None:
    lines = [json.loads(line) for line in file.splitlines()]
    decisions = [line["decision"] for line in lines if "decision" in line]
    reasons = {reason["code"] for decision in decisions for reason in decision["reasons"]}
    reborn = [part for line in lines for part in line.get("restores", ()) if "ref" in part]

    # A file of its own is written only for more than eight megabytes.
    assert {line["type"] for line in lines} == {*schema.TYPES} - {"attachment"}
    assert set(TOLD["store"]["statuses"]) == {*Status.values}
    assert set(TOLD["store"]["bases"]) == {*Basis.values}
    assert set(TOLD["store"]["grounds"]) == {*Grounds.values}
    assert set(TOLD["store"]["cases"]) == {*State.values}
    assert {line["kind"] for line in lines if line["type"] == "grant"} == {*Kind.values}
    assert reasons == {*ReasonCode} - {ReasonCode.NOT_YOURS}
    assert len(reborn) > 5
    assert 300 <= sum(TOLD["store"]["statuses"].values()) <= 500
