"""make bench: starts a PostgreSQL of its own, fills stores, measures, prints tables, writes docs/speed.md."""

import argparse
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench import bulk, report, serving, tables
from bench.programs import Failed, Programs
from bench.scenes import few_scenes, scenes
from bench.server import Server
from bench.sizes import SIZES, Size
from bench.storefile import write as write_store
from scripts import children, postgres

MIGRATED = "migrated"
FIGURES = report.DOCS / "speed" / "figures.json"


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("size", nargs="?", default="default", choices=SIZES)
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write this run's figures there, and no page"
    )
    wanted = parser.parse_args()
    children.raise_on_signals()
    try:
        with postgres.cluster(durable=True) as url:
            run = Bench(SIZES[wanted.size], Server.at(url)).run()
    except (postgres.NoPostgres, Failed) as problem:
        print(problem, file=sys.stderr)
        return 1
    except children.Stopped as stopped:
        print(f"\nThe bench was {stopped}; everything it had started has ended.", file=sys.stderr)
        return stopped.exit_code
    for table in tables.tables(run):
        print(report.as_text(table))
    print(f"\n{run['machine']}")
    keep(run, wanted.size, wanted.json)
    return 0


def keep(run: tables.Run, size: str, file: Path | None) -> None:
    """A tiny run shows that the bench works, and nothing that a page could tell."""
    if file:
        file.write_text(json.dumps(run, indent=1) + "\n")
    elif size != "tiny":
        known = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
        report.write({**known, size: run})
        print("docs/speed.md is written.")


class Bench:
    """All files are made in the server's own folder, which goes with it however this ends."""

    def __init__(self, size: Size, server: Server) -> None:
        self.size = size
        self.server = server
        self.programs = Programs(Path(server.folder) / "bench")
        self.loads = [os.getloadavg()[0]]

    def run(self) -> tables.Run:
        self._say("The server runs: its databases")
        self._prepare()
        stores = [self._store(purchases) for purchases in self.size.stores]
        largest = self.server.url(_name(self.size.stores[-1]))
        self._say("Acts and pages")
        found = self._inside(largest, "rows")
        self._say("One refund under the profiler")
        profile = self._inside(largest, "profile")
        self._say("Requests over HTTP")
        people = self._inside(largest, "requests")
        return {
            "stores": list(self.size.stores),
            "rows": found["rows"],
            "base": found["base"],
            "buffers": [each["buffers"] for each in stores],
            "bulk": [command for each in stores for command in each["bulk"]],
            "http": serving.measure(self.programs, largest, people, self.size),
            "profile": profile,
            "machine": self._machine(),
        }

    def _prepare(self) -> None:
        self.programs.folder.mkdir()
        self.server.make_pgbench(self.size.scale)
        self.server.make_database(MIGRATED)
        self.programs.manage(self.server.url(MIGRATED), "migrate", "--verbosity=0")
        self.programs.manage(self.server.url(MIGRATED), "collectstatic", "--no-input", "--verbosity=0")

    def _store(self, purchases: int) -> dict[str, Any]:
        """One store on a database of its own: loaded, proved, dumped, and a few refunds in it."""
        self._say(f"A store of {purchases:,} purchases")
        name, last = _name(purchases), purchases == self.size.stores[-1]
        url, file = self.server.url(name), self.programs.folder / "store.jsonl"
        with file.open("w") as stream:
            people = scenes(self.size) if last else few_scenes(self.size)
            manifest = write_store(stream, purchases=purchases, scenes=people, now=datetime.now(UTC))
        self._manifest().write_text(json.dumps(manifest))
        self.server.make_database(name, like=MIGRATED)
        measured = [bulk.load(self.programs, url, file, self._tpcb)]
        self.server.tidy(name)
        if last:
            measured.append(bulk.prove(self.programs, url, self._tpcb))
            measured.append(bulk.dump(self.programs, url, file, self._tpcb))
        pages = self._inside(url, "buffers")["pages"]
        return {
            "buffers": {"purchases": purchases, "pages": pages},
            "bulk": [{"purchases": purchases, **each} for each in measured],
        }

    def _inside(self, url: str, what: str) -> Any:
        return self.programs.inside(url, what, "--size", self.size.name, "--manifest", str(self._manifest()))

    def _manifest(self) -> Path:
        return self.programs.folder / "manifest.json"

    def _tpcb(self) -> float:
        return self.server.tpcb(self.size.transactions)

    def _say(self, doing: str) -> None:
        self.loads.append(os.getloadavg()[0])
        print(f"{doing} ...", flush=True)

    def _machine(self) -> str:
        loads = [*self.loads, os.getloadavg()[0]]
        return (
            f"{os.cpu_count()} cores, {platform.system()}, the server's folder on {file_system(self.server.folder)}; "
            f"PostgreSQL {postgres.version(self.server.programs)}, Python {platform.python_version()}, "
            f"Django {version('django')}, psycopg {version('psycopg')}. "
            f"Load average {min(loads):.1f} to {max(loads):.1f} while it ran."
        )


def _name(purchases: int) -> str:
    return f"store-{purchases}"


def file_system(folder: str) -> str:
    """Of the mount that is nearest above: in memory, a flush costs nothing."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    above = [(place, kind) for place, kind in mounts if Path(folder).is_relative_to(place)]
    return max(above, key=lambda mount: len(mount[0]), default=("", "an unknown file system"))[1]


if __name__ == "__main__":
    sys.exit(main())
