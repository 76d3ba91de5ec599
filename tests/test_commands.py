"""The two commands and what stands behind them: what they list, what they say when something is missing, what they leave."""

import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
from itertools import takewhile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "scripts"
TARGETS = [
    "help",
    "env",
    "run",
    "test",
    "test-long",
    "test-next",
    "bench",
    "check",
    "lint",
    "format",
    "lock",
    "clean",
]


def run(*command: str | Path, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **env},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


def script(name: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The scripts find each other beside them, as they do when they are started."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    spec = importlib.util.spec_from_file_location(f"recredit_{name}", SCRIPTS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


# --- make ---------------------------------------------------------------------------------------------------------


def test_make_alone_lists_every_target_with_its_help() -> None:
    listed = run("make", "--no-print-directory").stdout.splitlines()

    assert [line.split()[1] for line in listed] == TARGETS
    assert all(len(line.split()) > 3 for line in listed)


def test_without_pip_make_env_names_the_package_in_one_line(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n[ "$1" = -m ] && exit 1\nexit 0\n')
    python.chmod(0o755)

    made = run("make", "--no-print-directory", "env", f"PYTHON={python}", cwd=tmp_path)

    said = [line for line in made.stderr.splitlines() if not line.startswith("make")]
    assert made.returncode != 0
    assert said == [f"pip is missing: install it for {python} (on Debian: apt-get install python3-pip)."]
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize("lock", ["uv", "runtime", "dev", "browser"])
def test_a_lock_pins_everything_with_hashes_and_names_no_address(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    packages = re.findall(r"^[a-z0-9].*$", text, flags=re.MULTILINE)

    assert packages
    assert all(re.match(r"[\w.\[\],-]+==\S+ .*\\$", line) for line in packages)
    assert text.count("--hash=sha256:") >= len(packages)
    assert not re.search(r"https?:|//|index-url|find-links", text)


def test_every_dependency_earns_its_place_in_one_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    names = {re.split(r"[\[<>=]", line)[0] for group in asked for line in group}
    told = re.findall(r"^\| `([\w-]+)`", (ROOT / "docs" / "dependencies.md").read_text(), flags=re.MULTILINE)

    assert sorted(told) == sorted(names)


# --- make run -----------------------------------------------------------------------------------------------------


def test_a_busy_port_is_said_in_one_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        shop = run(sys.executable, SCRIPTS / "run.py", PORT=port)

    assert shop.returncode == 1
    assert shop.stderr == f"Port {port} is busy: choose another one, as in make run PORT=8001.\n"
    assert shop.stdout == ""


@pytest.mark.parametrize("port", ["http", "0", "65536", "-1", ""])
def test_a_port_that_is_none_is_said_in_one_line(port: str) -> None:
    shop = run(sys.executable, SCRIPTS / "run.py", PORT=port)

    assert shop.returncode == 1
    assert shop.stderr == f"PORT must be a number from 1 to 65535, and {port or 'nothing'} is none.\n"


@pytest.mark.sqlite
def test_the_shop_opens_says_who_may_sign_in_and_closes_with_all_it_started(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    env = {
        **os.environ,
        "PORT": port,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite3'}",
        "DEBUG": "true",
    }
    command = [sys.executable, str(SCRIPTS / "run.py")]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as shop:
        assert shop.stdout
        said = [*takewhile(str.strip, shop.stdout), *takewhile(str.strip, shop.stdout)]
        started = descendants(shop.pid)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10) as answer:
            assert answer.status == 200

        shop.send_signal(signal.SIGTERM)
        closing = shop.stdout.read()
        code = shop.wait(timeout=20)

    assert said[:2] == [
        "Preparing the store ...\n",
        f"The shop is open: http://127.0.0.1:{port}/ (Ctrl-C closes it)\n",
    ]
    assert [line.split()[0] for line in said[2:]] == ["customer", "publisher", "agent", "lead"]
    assert closing.endswith("The shop is closed.\n")
    assert code == 0
    assert len(started) >= 3
    assert all(gone(pid) for pid in started)


# --- make test ----------------------------------------------------------------------------------------------------


def test_a_suite_with_passes_alone_is_green(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = script("test", monkeypatch)
    results = [suite.Result(leg, 12.3, 0, passed=10) for leg in suite.QUICK]

    assert suite.report(results) == 0
    assert capsys.readouterr().out == "\nSQLite: 10 passed in 12 s\n10 passed, 0 failed\n"


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"exit_code": 1, "passed": 9, "failed": 1}, "SQLite: 9 passed, 1 failed in 1 s\n9 passed, 1 failed"),
        (
            {"exit_code": 0, "passed": 9, "skipped": 1},
            (
                "SQLite: 9 passed, 1 skipped in 1 s\n"
                "SQLite does not count: tests were skipped, and a skipped test shows nothing.\n9 passed, 0 failed"
            ),
        ),
        (
            {"exit_code": 5},
            "SQLite: 0 passed in 1 s\nSQLite does not count: no test ran.\n0 passed, 0 failed",
        ),
        (
            {"exit_code": 3, "passed": 9},
            "SQLite: 9 passed in 1 s\nSQLite does not count: pytest ended with exit code 3.\n9 passed, 0 failed",
        ),
    ],
    ids=["a failure", "a skipped test", "no test", "a crash"],
)
def test_a_suite_is_red_and_says_why(
    figures: dict[str, int], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = script("test", monkeypatch)

    assert suite.report([suite.Result(suite.QUICK[0], 1.0, **figures)]) == 1
    assert capsys.readouterr().out == f"\n{said}\n"


def test_every_test_belongs_to_a_leg(monkeypatch: pytest.MonkeyPatch) -> None:
    """No combination of marks falls through the legs of the whole suite and of the long one."""
    suite = script("test", monkeypatch)

    def runs(leg: object, marks: set[str]) -> bool:
        names = {name: name in marks for name in ("postgres", "sqlite", "browser", "pure", "long")}
        return bool(eval(leg.marked, {}, names))  # type: ignore[attr-defined]  # noqa: S307 - our own words

    for marks in ({"postgres"}, {"sqlite"}, {"browser"}, {"pure"}, {"pure", "sqlite"}, set()):
        assert any(runs(leg, marks) for leg in suite.WHOLE), marks
    for marks in ({"long"}, {"long", "postgres"}, {"long", "sqlite"}, {"long", "pure"}):
        assert any(runs(leg, marks) for leg in suite.LONG), marks
        assert not any(runs(leg, marks) for leg in suite.WHOLE), marks


def test_without_chromium_its_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    browsers = script("browsers", monkeypatch)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(browsers.NoBrowser) as missing:
        browsers.find_or_install()

    assert str(missing.value) == (
        "Chromium is missing: install the package chromium, or set CHROMIUM to the browser's path."
    )


# --- The throw-away PostgreSQL ------------------------------------------------------------------------------------

WITH_POSTGRES = [sys.executable, str(SCRIPTS / "with_postgres.py")]
TELL_AND_WAIT = "import os, time; print(os.environ['DATABASE_URL'], os.getpid(), flush=True); time.sleep(60)"


def gone(pid: int) -> bool:
    """Ended, or ended and only waiting for its parent to read the exit code."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def descendants(pid: int) -> list[int]:
    children = [
        int(child)
        for file in Path(f"/proc/{pid}/task").glob("*/children")
        for child in file.read_text().split()
    ]
    return [*children, *(below for child in children for below in descendants(child))]


def within(seconds: float, condition: object) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.postgres
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_however_it_ends_nothing_of_it_is_left(ending: signal.Signals) -> None:
    command = [*WITH_POSTGRES, sys.executable, "-c", TELL_AND_WAIT]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url, child = process.stdout.readline().split()
        folder = Path(url.partition("host=")[2])
        server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        assert not gone(server)

        process.send_signal(ending)
        code = process.wait(timeout=30)

    assert code == (-ending if ending == signal.SIGKILL else 128 + ending)
    assert within(15, lambda: gone(server) and gone(int(child)) and not folder.exists())


@pytest.mark.postgres
def test_the_exit_code_of_the_command_is_handed_on() -> None:
    assert run(*WITH_POSTGRES, sys.executable, "-c", "raise SystemExit(7)").returncode == 7


def test_a_folder_without_postgresql_is_said_in_one_line(tmp_path: Path) -> None:
    started = run(*WITH_POSTGRES, "true", PG_BIN=str(tmp_path))

    assert started.returncode == 1
    assert started.stderr == f"There is no PostgreSQL in {tmp_path}: set PG_BIN to the folder of initdb.\n"
