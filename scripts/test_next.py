"""Runs the SQLite suite with the next Django, on a newer Python if one is found: an early word on what will break."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import children

ROOT = Path(__file__).resolve().parent.parent
NEXT_DJANGO = "django>=6.1,<6.2"
# Newest first; Django 6 asks for 3.12.
PYTHONS = ["3.14", "3.13", "3.12"]
ENVIRONMENT = ROOT / ".venv-next"
# What the next Django will take away one day is news here and no failure.
WARNINGS = "-W default::DeprecationWarning -W default::PendingDeprecationWarning"
LOCKS = [f"requirements/{name}.txt" for name in ("runtime", "dev", "browser")]


def main() -> int:
    python = find_python()
    if not python:
        print(
            "No Python 3.12 or newer was found, and Django 6.1 needs one: nothing was tried.", file=sys.stderr
        )
        return 1
    children.raise_on_signals()
    environment = {**os.environ, "PYTEST_ADDOPTS": WARNINGS}
    try:
        return next((code for step in steps(python) if (code := children.run(step, environment))), 0)
    except children.Stopped as stopped:
        return stopped.exit_code


def find_python() -> str | None:
    """A Python that starts: a version manager's shim is on the path also for versions that are switched off."""
    places = [shutil.which(f"python{version}") for version in PYTHONS]
    places += [
        str(found)
        for version in PYTHONS
        for found in sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"), reverse=True)
    ]
    return next((place for place in places if place and starts(place)), None)


def starts(python: str) -> bool:
    return subprocess.run([python, "--version"], check=False, capture_output=True).returncode == 0


def steps(python: str) -> list[list[str]]:
    """The locked packages first; then Django alone is taken from outside its locked range."""
    uv, inside = str(ROOT / ".tools/bin/uv"), str(ENVIRONMENT / "bin/python")
    return [
        [uv, "venv", "-q", "--clear", "--python", python, str(ENVIRONMENT)],
        [uv, "pip", "sync", "-q", "--require-hashes", "--python", inside, *LOCKS],
        [uv, "pip", "install", "-q", "--python", inside, NEXT_DJANGO],
        [inside, "scripts/test.py", "--quick"],
    ]


if __name__ == "__main__":
    sys.exit(main())
