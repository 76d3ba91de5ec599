"""Runs the demo shop: migrates, fills the demo world if the store is empty, serves it and sends its letters.

PORT moves it. Ctrl-C or a signal to end stops all that was started.
"""

import contextlib
import io
import os
import socket
import sys
import time
from pathlib import Path
from typing import NoReturn

import children

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# Open pages must not keep somebody waiting who pressed Ctrl-C.
SERVING = [
    "--graceful-timeout=2",
    "--log-level=warning",
    "--no-control-socket",
]
LOOK_SECONDS = 0.1


class CannotRun(Exception):
    """The shop can't start; the message is one sentence for the person who waits."""


def main() -> int:
    children.raise_on_signals()
    try:
        port = free_port(os.environ.get("PORT", "8000"))
        print("Preparing the store ...", flush=True)
        sign_ins = prepare(port)
        keep_open(port, f"\nThe shop is open: http://{HOST}:{port}/ (Ctrl-C closes it)\n{sign_ins}")
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1
    except children.Stopped:
        print("\nThe shop is closed.")
    return 0


def free_port(wanted: str) -> int:
    if not wanted.isdecimal() or not 0 < int(wanted) < 65536:
        raise CannotRun(f"PORT must be a number from 1 to 65535, and {wanted or 'nothing'} is none.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(wanted)))
        except PermissionError as error:
            raise CannotRun(f"Port {wanted} needs more rights than you have: take one above 1023.") from error
        except OSError as error:
            raise CannotRun(
                f"Port {wanted} is busy: choose another one, as in make run PORT=8001."
            ) from error
    return int(wanted)


def prepare(port: int) -> str:
    """Bring the store's tables and its demo world up to date; gives what the demo says about signing in."""
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("DEBUG", "true")
    os.environ.setdefault("PUBLIC_URL", f"http://{HOST}:{port}")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import connections

    said = io.StringIO()
    try:
        django.setup()
        call_command("migrate", verbosity=0)
        call_command("demo", if_empty=True, stdout=said)
    except (ImproperlyConfigured, CommandError) as error:
        raise CannotRun(str(error)) from error
    connections.close_all()
    return said.getvalue()


def keep_open(port: int, greeting: str) -> NoReturn:
    """Start the server and the worker, and hold them until one of them ends or somebody ends us."""
    programs = {
        "server": [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind={HOST}:{port}", *SERVING],
        "worker": [sys.executable, "manage.py", "deliver"],
    }
    with contextlib.ExitStack() as stack:
        running = {}
        for name, command in programs.items():
            running[name] = children.start(command)
            stack.callback(children.end, running[name])
        while not (ended := [name for name, program in running.items() if program.poll() is not None]):
            if greeting and answers(port):
                print(greeting, flush=True)
                greeting = ""
            time.sleep(LOOK_SECONDS)
    raise CannotRun(f"The {ended[0]} ended by itself, so the shop is closed; what it said stands above.")


def answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((HOST, port)) == 0


if __name__ == "__main__":
    sys.exit(main())
