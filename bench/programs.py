"""Starts the store's own programs with the settings of a real store: DEBUG off, limits on, and nothing outside."""

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts import children

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"


class Failed(Exception):
    """A program ended badly; the message names it, and what it said stands above."""


@dataclass(frozen=True)
class Programs:
    """`folder` takes whatever the programs write."""

    folder: Path

    def settings(self, url: str) -> dict[str, str]:
        """Limits stay at their defaults; an agent's second factor changes who gets in, and nothing of a page."""
        return {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "BENCH_STATIC": str(self.folder / "static"),
            "FILES_ROOT": str(self.folder / "files"),
            "DEBUG": "false",
            "SECRET_KEY": "this-key-guards-a-store-that-is-gone-in-ten-minutes-0123456789",
            "ALLOWED_HOSTS": f"{HOST},testserver",
            "PUBLIC_URL": f"http://{HOST}",
            "EMAIL_URL": "dummymail://",
            "STAFF_SECOND_FACTOR": "false",
            "LOG_LEVEL": "ERROR",
        }

    def manage(self, url: str, *arguments: str) -> tuple[str, float]:
        """What a management command said, and the most megabytes of memory that it held."""
        return self._run(["manage.py", *arguments], url)

    def inside(self, url: str, what: str, *arguments: str) -> Any:
        """What a part of the bench that runs inside Django found out."""
        said, _ = self._run(["-m", "bench.inside", what, *arguments], url)
        return json.loads(said)

    def _run(self, command: list[str], url: str) -> tuple[str, float]:
        with tempfile.TemporaryFile(dir=self.folder) as output:
            child = children.start([sys.executable, *command], self.settings(url), stdout=output)
            try:
                _, status, used = os.wait4(child.pid, 0)
                child.returncode = os.waitstatus_to_exitcode(status)
            finally:
                children.end(child)
            if child.returncode:
                raise Failed(f"{' '.join(command[:3])} ended with exit code {child.returncode}.")
            output.seek(0)
            return output.read().decode(), used.ru_maxrss / 1024
