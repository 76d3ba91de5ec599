"""Runs every check that needs no test, several at a time, and shows what the unhappy ones say."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable]
# The slowest goes first, so that it does not start when the others are done.
CHECKS = {
    "types": [*PYTHON, "-m", "mypy"],
    "migrations": [*PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "configuration": [*PYTHON, "manage.py", "check", "--fail-level", "WARNING"],
    "templates": [*PYTHON, "-m", "djlint", "--lint", "--quiet", "templates"],
    "dependencies": [*PYTHON, "-m", "deptry", "."],
    "words": [*PYTHON, "scripts/unmarked.py"],
    "style": [*PYTHON, "-m", "ruff", "check", "--no-cache"],
    "format": [*PYTHON, "-m", "ruff", "format", "--check", "--no-cache"],
}


def main() -> int:
    environment = {**os.environ, "DEBUG": "true", "DATABASE_URL": "sqlite://:memory:"}
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        happy = list(pool.map(lambda check: run(*check, environment), CHECKS.items()))
    print(f"{sum(happy)} checks passed, {len(happy) - sum(happy)} failed")
    return 0 if all(happy) else 1


def run(name: str, command: list[str], environment: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    happy = done.returncode == 0
    said = "" if happy else f"\n{done.stdout.strip()}"
    print(f"{name}: {'good' if happy else 'FAILED'} ({time.monotonic() - started:.0f} s){said}", flush=True)
    return happy


if __name__ == "__main__":
    sys.exit(main())
