"""The PostgreSQL that everything is measured on, and the transaction that everything is measured against: TPC-B-like,
by pgbench, prepared, one client, on this very server.

Settings as a real store has them: what is committed is on the disk. A folder in memory would flush for nothing, so the
report says what kind of file system it was.
"""

import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from scripts import postgres

PGBENCH = "pgbench"


@dataclass(frozen=True)
class Server:
    """`folder` holds the socket, `programs` what PostgreSQL brings along."""

    folder: str
    programs: Path

    @classmethod
    def at(cls, url: str) -> "Server":
        return cls(parse_qs(urlsplit(url).query)["host"][0], postgres.find_programs())

    def url(self, database: str) -> str:
        return f"postgres://postgres@/{database}?host={self.folder}"

    def run(self, program: str, *arguments: str) -> str:
        command = [str(self.programs / program), "-h", self.folder, "-U", "postgres", *arguments]
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode:
            raise postgres.NoPostgres(f"{program} failed: {done.stderr.strip()}")
        return done.stdout

    def make_database(self, name: str, like: str = "template1") -> None:
        self.run("createdb", "-T", like, name)

    def tidy(self, database: str) -> None:
        """As autovacuum leaves a store that has been running for a while."""
        self.run("vacuumdb", "--analyze", "--quiet", database)

    def make_pgbench(self, scale: int) -> None:
        if not (self.programs / "pgbench").exists():
            raise postgres.NoPostgres(f"pgbench is missing in {self.programs}: install postgresql-contrib.")
        self.make_database(PGBENCH)
        self.run("pgbench", "--initialize", "--quiet", f"--scale={scale}", PGBENCH)

    def tpcb(self, transactions: int) -> float:
        """Seconds that half of these transactions stayed below."""
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            self.run(
                "pgbench",
                *("--protocol=prepared", "--client=1", "--no-vacuum", "--log"),
                *(f"--transactions={transactions}", f"--log-prefix={folder}/log", PGBENCH),
            )
            (log,) = Path(folder).iterdir()
            return middle_of_log(log.read_text().splitlines())


def middle_of_log(lines: Sequence[str]) -> float:
    """The third column is how long a transaction took, in millionths of a second."""
    return statistics.median(int(line.split()[2]) for line in lines) / 1_000_000
