"""Finds the system's Chromium for the browser tests, and installs it where that is allowed."""

import os
import shutil
import subprocess

NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
ADVICE = "install the package chromium, or set CHROMIUM to the browser's path."


class NoBrowser(Exception):
    """There is no Chromium; the message is one sentence for the person who waits."""


def find_or_install() -> str:
    """The path of a Chromium. Root on Debian may install one; anybody else is told which package to install."""
    named = os.environ.get("CHROMIUM")
    if named:
        return _existing(named)
    found = _find()
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Chromium is missing: installing the package chromium.", flush=True)
        _install()
        found = _find()
    if not found:
        raise NoBrowser(f"Chromium is missing: {ADVICE}")
    return found


def _existing(path: str) -> str:
    if not shutil.which(path):
        raise NoBrowser(f"There is no browser at {path}: {ADVICE}")
    return path


def _find() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def _install() -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run(
            ["apt-get", "-qq", *command],
            check=False,
            env=quiet,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["apt-get said nothing"]
            raise NoBrowser(f"Chromium is missing and apt-get cannot install it ({lines[-1]}): {ADVICE}")
