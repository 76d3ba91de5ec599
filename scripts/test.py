"""Runs the suite leg by leg and says what was proved where: on SQLite, on PostgreSQL, in the browser.

scripts/test.py            the whole suite
scripts/test.py --quick    SQLite only, no browser
scripts/test.py --long     the full figures of races, faults and properties, on both databases
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

import browsers
import children
import postgres

ROOT = Path(__file__).resolve().parent.parent
COVERAGE = ["--cov", "--cov-report="]


@dataclass(frozen=True)
class Leg:
    """One run of the suite in one setting; `marked` says which tests belong to it."""

    name: str
    marked: str
    options: list[str] = field(default_factory=list)
    may_be_empty: bool = False


@dataclass(frozen=True)
class Result:
    leg: Leg
    seconds: float
    exit_code: int
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def good(self) -> bool:
        """Nothing failed, nothing was skipped, and something was shown."""
        if self.leg.may_be_empty and self.exit_code == NO_TESTS_COLLECTED:
            return True
        return self.exit_code == 0 and self.passed > 0 and not self.failed and not self.skipped

    def __str__(self) -> str:
        others = f", {self.failed} failed" * bool(self.failed) + f", {self.skipped} skipped" * bool(
            self.skipped
        )
        return f"{self.leg.name}: {self.passed} passed{others} in {self.seconds:.0f} s"


# Each worker makes a database of its own; beyond these the making takes longer than the tests.
MOST_WORKERS = 8
NO_TESTS_COLLECTED = 5
SQLITE, POSTGRES, BROWSER = "SQLite", "PostgreSQL", "browser"
WITHOUT_PAGES = ["-p", "no:playwright"]
WHOLE = [
    Leg(SQLITE, "not postgres and not browser and not long", [*WITHOUT_PAGES, *COVERAGE]),
    Leg(POSTGRES, "not sqlite and not pure and not browser and not long", WITHOUT_PAGES),
    Leg(BROWSER, "browser and not long"),
]
QUICK = [Leg(SQLITE, f"{WHOLE[0].marked} and not slow", WITHOUT_PAGES)]
LONG = [
    Leg(SQLITE, "long and not postgres and not browser", WITHOUT_PAGES, may_be_empty=True),
    Leg(POSTGRES, "long and not sqlite and not browser", WITHOUT_PAGES, may_be_empty=True),
]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--long", action="store_true")
    choice = parser.parse_args(arguments)
    legs = QUICK if choice.quick else LONG if choice.long else WHOLE
    children.raise_on_signals()
    try:
        environment = equip(legs)
        with tempfile.TemporaryDirectory(prefix="recredit-test-", ignore_cleanup_errors=True) as folder:
            results = [run(leg, Path(folder), environment) for leg in legs]
    except (postgres.NoPostgres, browsers.NoBrowser) as missing:
        print(missing, file=sys.stderr)
        return 1
    except children.Stopped as stopped:
        print(f"\nThe tests were {stopped}; everything they had started has ended.", file=sys.stderr)
        return stopped.exit_code
    return report(results)


def equip(legs: list[Leg]) -> dict[str, str]:
    """Look for all that the legs need before the first one runs; what is missing is said at once."""
    names = {leg.name for leg in legs}
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "CACHE_URL"}
    }
    if POSTGRES in names:
        print(f"PostgreSQL {postgres.version(postgres.find_programs())}")
    if BROWSER in names:
        environment["CHROMIUM"] = browsers.find_or_install()
        # Playwright keeps an event loop in the tests' thread, where Django would refuse to use the database.
        environment["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return environment


def run(leg: Leg, folder: Path, environment: dict[str, str]) -> Result:
    """Run one leg in a folder of its own and read its figures from the report that pytest leaves there."""
    print(f"\n{leg.name}: {leg.marked}", flush=True)
    place = folder / leg.name
    place.mkdir()
    record = place / "report.xml"
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(os.cpu_count()),
        "-m",
        leg.marked,
        *leg.options,
    ]
    command += [f"--junitxml={record}", f"--basetemp={place / 'pytest'}", *browser_options(leg, place)]
    started = time.monotonic()
    with database(leg, place) as url:
        code = children.run(command, {**environment, "DATABASE_URL": url, "TMPDIR": str(place)})
    return Result(leg, time.monotonic() - started, code, **figures(record))


def browser_options(leg: Leg, place: Path) -> list[str]:
    return ["--browser=chromium", f"--output={place / 'pages'}"] if leg.name == BROWSER else []


@contextlib.contextmanager
def database(leg: Leg, place: Path) -> Iterator[str]:
    if leg.name == POSTGRES:
        with postgres.cluster() as url:
            yield url
    else:
        yield f"sqlite:///{place / 'store.sqlite3'}"


def figures(record: Path) -> dict[str, int]:
    if not record.exists():
        return {}
    suite = ET.parse(record).getroot().find("testsuite")  # noqa: S314 - pytest has just written it
    count = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"]
    return {
        "passed": count["tests"] - failed - count["skipped"],
        "failed": failed,
        "skipped": count["skipped"],
    }


def report(results: list[Result]) -> int:
    """The closing lines: one for each leg, then the sum, alone on its line."""
    print()
    if any("--cov" in result.leg.options for result in results):
        print_coverage()
    for result in results:
        print(result)
    passed = sum(result.passed for result in results)
    good = passed > 0 and all(result.good for result in results)
    for result in results:
        if not result.good and not result.failed:
            print(f"{result.leg.name} does not count: {why_not(result)}")
    print(f"{passed} passed, {sum(result.failed for result in results)} failed", flush=True)
    return 0 if good else 1


def why_not(result: Result) -> str:
    if result.skipped:
        return "tests were skipped, and a skipped test shows nothing."
    if not result.passed:
        return "no test ran."
    return f"pytest ended with exit code {result.exit_code}."


def print_coverage() -> None:
    coverage = [sys.executable, "-m", "coverage"]
    subprocess.run([*coverage, "combine", "-q"], cwd=ROOT, check=False, capture_output=True)
    total = subprocess.run(
        [*coverage, "report", "--format=total"], cwd=ROOT, check=False, capture_output=True, text=True
    )
    if total.returncode == 0:
        print(
            f"Lines and branches covered on SQLite: {total.stdout.strip()} % (which: .venv/bin/coverage report)"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
