"""`make bench`: its parts work on a tiny store, what it writes is what it measured, and it leaves nothing running."""

import http.server
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.management import call_command

from bench import bars, callers, charts, inside, layers, report, tables
from bench.scenes import scenes
from bench.server import Server, middle_of_log
from bench.sizes import SIZES
from bench.storefile import write
from scripts import postgres
from tests.test_commands import descendants, gone, within

ROOT = Path(__file__).resolve().parent.parent
TINY = SIZES["tiny"]
HTTP = {"title": "quote of a refund", "connections": 8, "health": 0.08, "answers": 900, "errors": {"503": 2}}
LOADED = {
    "command": "load_store",
    "purchases": 120,
    "unit": "lines",
    "count": 1602,
    "each_tpcb": 4.16,
    "megabytes": 107,
}


# --- The page -------------------------------------------------------------------------------------------------------


def test_the_page_and_its_charts_say_what_the_figures_say() -> None:
    runs = json.loads((report.DOCS / "speed/figures.json").read_text())
    written = report.files(runs, report.by_hand((report.DOCS / "speed.md").read_text()))

    assert {name: (report.DOCS / name).read_text() for name in written} == written


def test_what_people_wrote_stays_when_the_page_is_written_again(tmp_path: Path) -> None:
    runs = json.loads((report.DOCS / "speed/figures.json").read_text())
    report.write(runs, tmp_path)
    page = tmp_path / "speed.md"
    first = page.read_text()
    page.write_text(first.replace("### Fewer statements\n", "### Fewer statements\n\nTen of them.\n"))

    report.write(runs, tmp_path)

    assert "### Fewer statements" in first
    assert page.read_text().replace("\n\nTen of them.", "") == first
    assert "Ten of them." in page.read_text()


@pytest.mark.parametrize(
    ("row", "met"),
    [
        ({"key": "quote", "way": "API", "statements": 5, "tpcb": 3.0, "view": 8.0}, [True, True]),
        ({"key": "quote", "way": "API", "statements": 6, "tpcb": 3.0, "view": 8.01}, [False, False]),
        (
            {"key": "refund-full", "way": "service", "statements": 18, "tpcb": 20.1, "view": 50.0},
            [True, False],
        ),
        ({"key": "further-item", "way": "service", "tpcb": 0.1}, [True]),
        ({"key": "page", "way": "page", "statements": 15, "tpcb": 9.0, "view": 40.0}, [False]),
        ({"key": "again", "way": "API", "statements": 99, "tpcb": 99.0, "view": 99.0}, []),
    ],
)
def test_a_bar_is_met_up_to_its_figure_and_missed_above(row: dict[str, Any], met: list[bool]) -> None:
    assert bars.verdicts([row]) == met


def test_a_chart_is_an_image_that_says_every_figure() -> None:
    drawn = ET.fromstring(charts.chart("Acts <in> a store", [charts.Bar("buy & keep", 12.5, "13", most=20)]))  # noqa: S314 - our own

    said = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert said == ["Acts <in> a store", "buy & keep", "13"]
    assert "prefers-color-scheme:dark" in "".join(drawn.itertext())


# --- The parts --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_every_act_of_a_tiny_store_is_carried_out_counted_and_told(
    tmp_path: Path, settings: Any, on_postgresql: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ROOT_URLCONF = "bench.urls"
    monkeypatch.setattr(
        "bench.server.Server.at", lambda url: SimpleNamespace(tpcb=lambda transactions: 0.001)
    )
    file = tmp_path / "store.jsonl"
    with file.open("w") as stream:
        manifest = write(stream, purchases=120, scenes=scenes(TINY), now=datetime.now(UTC))
    call_command("load_store", str(file), "--json")

    found = inside.rows(TINY, manifest)
    pages = inside.buffers(TINY, manifest)["pages"] if on_postgresql else 300
    asked = inside.requests(TINY, manifest)
    profile = inside.profile(TINY, manifest)

    rows = {(row["key"], row["way"]) for row in found["rows"]}
    assert rows >= bars.BARS.keys()
    assert all(row["statements"] > 0 for row in found["rows"] if row["key"] != "further-item")
    assert pages > 50
    assert len(asked) == TINY.customers
    assert sum(profile["service"]["shares"].values()) == pytest.approx(1, abs=0.01)
    assert layers.OTHER not in profile["senders"]["service"]
    run = {
        **found,
        "stores": [60, 120],
        "profile": profile,
        "buffers": [{"purchases": 60, "pages": pages}, {"purchases": 120, "pages": pages * 2}],
        "bulk": [LOADED],
        "http": [HTTP],
        "machine": "A machine.",
    }
    told = " ".join(" ".join(report.as_text(table) for table in tables.tables(run)).split())
    assert f" 120 {pages * 2:,} 2.0 (missed: 1.5) " in told
    assert " quote of a refund 8 0.08 900 2 × 503 " in told
    assert " load_store 120 1,602 lines 4.2 107 " in told
    report.write({"default": run}, tmp_path)
    assert "| quote of a refund | 8 | 0.08 | 900 | 2 × 503 |" in (tmp_path / "speed.md").read_text()


def test_a_store_has_as_many_purchases_as_it_was_asked_for(tmp_path: Path) -> None:
    with (tmp_path / "store.jsonl").open("w") as stream:
        manifest = write(stream, purchases=500, scenes=scenes(TINY), now=datetime.now(UTC))

    lines = [json.loads(line) for line in (tmp_path / "store.jsonl").read_text().splitlines()]
    assert sum(line["type"] == "purchase" for line in lines) == 500
    assert {kind: len(people) for kind, people in manifest.items()} == {
        kind: scene.people for kind, scene in scenes(TINY).items()
    }


def test_the_middle_transaction_of_pgbench_counts() -> None:
    log = ["0 1 900 0 1700000000 1", "0 2 40000 0 1700000000 2", "0 3 600 0 1700000000 3"]

    assert middle_of_log(log) == 0.0009


def test_what_no_layer_claims_counts_for_whoever_called_it() -> None:
    ledger, door, sort = ("credits/ledger.py", 1, "pay"), ("doors/api/views.py", 1, "get"), ("~", 0, "sorted")
    ours = [(str(ROOT / path), line, name) for path, line, name in (ledger, door)]
    stats = {
        ours[0]: (1, 1, 3.0, 6.0, {}),
        ours[1]: (1, 1, 1.0, 2.0, {}),
        sort: (4, 4, 4.0, 4.0, {ours[0]: (3, 3, 3.0, 3.0), ours[1]: (1, 1, 1.0, 1.0)}),
    }

    assert layers.shares(stats) == {"ledger (credits)": 0.75, "the door": 0.25}


class _OneInThreeIsBusy(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/busy" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _OneInThreeIsBusy) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_answers_and_errors_are_counted_until_the_first_connection_is_through(port: int) -> None:
    script = [{"method": "GET", "path": path} for path in ("/", "/busy", "/")]

    found = callers.ask(port, [script], seconds=10, again=False)

    assert (found["answers"], found["errors"]) == (2, {"503": 1})
    assert found["seconds"] < 10


def test_a_connection_that_asks_again_ends_in_time(port: int) -> None:
    found = callers.ask(port, [[{"method": "GET", "path": "/"}]] * 4, seconds=0.2, again=True)

    assert found["answers"] > 4
    assert found["errors"] == {}


# --- The server, and what is left of it -------------------------------------------------------------------------------


@pytest.mark.postgres
def test_what_is_measured_is_on_the_disk_when_it_is_committed() -> None:
    show = [part for name in postgres.FLUSHES for part in ("--command", f"SHOW {name}")]
    with postgres.cluster(durable=True) as url:
        said = Server.at(url).run("psql", "--no-align", "--tuples-only", *show, "postgres")

    assert said.split() == ["on", "on", "on"]


@pytest.mark.postgres
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGKILL])
def test_a_bench_that_is_stopped_leaves_nothing(ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "bench", "tiny"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as bench:
        assert bench.stdout
        assert bench.stdout.readline() == "The server runs: its databases ...\n"
        started = descendants(bench.pid)
        (data,) = {folder for pid in started for folder in data_folders(pid)}
        bench.send_signal(ending)
        code = bench.wait(timeout=30)

    assert code == (-ending if ending == signal.SIGKILL else 128 + ending)
    assert within(15, lambda: all(gone(pid) for pid in started) and not data.parent.exists())


def data_folders(pid: int) -> list[Path]:
    """Of a server that was started with -D."""
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return [Path(words[words.index("-D") + 1])] if "-D" in words else []
