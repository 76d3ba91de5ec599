"""Store files in gzip, read as they are and written when the name says so."""

import gzip
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from tqdm import tqdm

from accounts.models import User
from doors.storefile import reading
from doors.storefile.gzipped import unpacked
from doors.storefile.management.commands import load_store
from doors.storefile.problems import Problems
from storefront.models import Purchase
from tests.storefile.emptying import dumped, empty_the_store
from tests.storefile.lines import SHOP, as_bytes, grant, load_lines, purchase

FILE = as_bytes(*SHOP, grant(), purchase())
PACKED = gzip.compress(FILE)


def stream(content: bytes) -> io.BufferedReader:
    return io.BufferedReader(io.BytesIO(content))


def told(*arguments: Any, **options: Any) -> str:
    said = io.StringIO()
    call_command(*arguments, **options, stdout=said)
    return said.getvalue()


def why_refused(path: Path, content: bytes) -> list[str]:
    path.write_bytes(content)
    with pytest.raises(CommandError) as error:
        told("load_store", str(path))
    assert not User.objects.exists()
    return str(error.value).splitlines()


# --- Reading ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["store.jsonl.gz", "store"])
def test_a_file_in_gzip_is_read_as_it_is_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(PACKED)
    assert told("load_store", str(path)).startswith("Loaded 11 lines in ")
    assert Purchase.objects.count() == 1


@pytest.mark.django_db
def test_standard_input_may_be_in_gzip_and_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = io.TextIOWrapper(io.BytesIO(PACKED))
    monkeypatch.setattr("sys.stdin", pipe)
    assert told("load_store", "-").startswith("Loaded 11 lines in ")
    assert not pipe.closed


def test_several_packed_one_after_the_other_are_one_file() -> None:
    halves = [gzip.compress(half) for half in (FILE[:100], FILE[100:])]
    assert unpacked(stream(b"".join(halves))).read() == FILE


@pytest.mark.django_db
def test_one_that_is_cut_off_is_an_error_that_names_the_line_and_nothing_is_changed(tmp_path: Path) -> None:
    assert why_refused(tmp_path / "f", PACKED[:-8]) == [
        "line 12: cannot be read: the gzip file is cut off",
        "Nothing was changed.",
    ]
    assert why_refused(tmp_path / "f", PACKED[:1]) == [
        "line 1: cannot be read: the gzip file is damaged (Not a gzipped file (b'\\x1f'))",
        "Nothing was changed.",
    ]


@pytest.mark.django_db
def test_one_that_is_damaged_is_an_error_and_nothing_is_changed(tmp_path: Path) -> None:
    for place in range(2, len(PACKED)):
        damaged = bytearray(PACKED)
        damaged[place] ^= 0x40
        problems = Problems()
        lines = list(reading.Reader(unpacked(stream(bytes(damaged))), problems))
        assert problems.count or b"".join(as_bytes(line) for _, line in lines) == FILE, place
    wrong_sum = PACKED[:-8] + bytes(8)
    assert why_refused(tmp_path / "f", wrong_sum)[0].startswith(
        "line 12: cannot be read: the gzip file is damaged (CRC check failed"
    )


@pytest.mark.django_db
def test_what_is_wrong_above_the_cut_is_listed_too(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(gzip.compress(as_bytes(grant(credits=0)))[:-8])
    said = io.StringIO()
    with pytest.raises(CommandError):
        call_command("load_store", str(path), json=True, stdout=said)
    assert json.loads(said.getvalue())["errors"] == [
        {"line": 1, "reason": "has 0 as “credits”, and 1 is the least"},
        {"line": 2, "reason": "cannot be read: the gzip file is cut off"},
    ]


def test_a_bomb_is_refused_without_being_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LONGEST_LINE", 1_000_000)
    bomb = io.BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb") as target:
        for _ in range(50):
            target.write(b"x" * 1_000_000)
        target.write(b"\n{}\n")
    problems = Problems()
    tracemalloc.start()
    try:
        lines = list(reading.Reader(unpacked(stream(bomb.getvalue())), problems))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert lines == [(2, {})]
    assert problems.sentences() == ["line 1: is longer than 1,000,000 bytes, the most that a line may have"]
    assert peak < 5_000_000


def test_it_can_be_read_again_where_the_file_can(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a deadlock with the living store, a load starts over."""
    again = unpacked(stream(PACKED))
    assert again.seekable()
    assert again.read() == FILE
    again.seek(0)
    assert again.read() == FILE

    pipe = io.BytesIO(PACKED)
    pipe.seekable = lambda: False  # type: ignore[method-assign]
    assert not unpacked(io.BufferedReader(pipe)).seekable()


@pytest.mark.django_db
@pytest.mark.parametrize("content", [FILE, PACKED])
def test_progress_ends_at_the_size_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    path = tmp_path / "store"
    path.write_bytes(content)
    bars = []

    def shown(size: int | None) -> "tqdm[Any]":
        bars.append(tqdm(total=size, file=io.StringIO()))
        return bars[-1]

    monkeypatch.setattr(load_store, "_bar", shown)
    told("load_store", str(path))
    assert [bar.n for bar in bars] == [len(content)]


# --- Writing ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_dump_named_gz_is_packed_and_comes_back_as_the_same_store(tmp_path: Path) -> None:
    load_lines(*SHOP, grant(), purchase())
    plain, path = dumped(), tmp_path / "store.jsonl.gz"

    assert told("dump_store", str(path)).startswith("Wrote 12 lines in ")
    assert gzip.decompress(path.read_bytes()) == plain

    empty_the_store()
    told("load_store", str(path))
    assert dumped() == plain


@pytest.mark.django_db
def test_the_same_store_is_the_same_packed_file_whatever_its_name_and_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load_lines(*SHOP, grant(), purchase())
    first, second = tmp_path / "monday.gz", tmp_path / "tuesday.gz"
    told("dump_store", str(first))
    monkeypatch.setattr("time.time", lambda: 0.0)
    told("dump_store", str(second))
    assert first.read_bytes() == second.read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["monday.gz", "tuesday.gz"]
