"""Runs the demo shop: migrates, fills the demo world if the store is empty, serves it and sends its letters.

PORT moves it. Ctrl-C or a signal to end stops all that was started.
"""

import contextlib
import io
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import children

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
THREADS = 8
# Open pages must not keep somebody waiting who pressed Ctrl-C.
GRACE_SECONDS = 2


class CannotRun(Exception):
    """The shop can't start; the message is one sentence for the person who waits."""


def main() -> int:
    try:
        port = free_port(os.environ.get("PORT", "8000"))
        print("Preparing the store ...", flush=True)
        sign_ins = prepare(port)
    except CannotRun as problem:
        print(problem, file=sys.stderr)
        return 1
    worker = children.start([sys.executable, "manage.py", "deliver"])
    try:
        serve(port, f"\nThe shop is open: http://{HOST}:{port}/ (Ctrl-C closes it)\n{sign_ins}", worker)
    finally:
        children.end(worker)
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
    from django.core.management import call_command
    from django.db import connections

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise CannotRun(str(error)) from error
    call_command("migrate", verbosity=0)
    said = io.StringIO()
    call_command("demo", if_empty=True, stdout=said)
    # The server forks, and a connection to the database does not bear that.
    connections.close_all()
    return said.getvalue()


def serve(port: int, greeting: str, worker: subprocess.Popen[bytes]) -> None:
    """Serve with gunicorn in this very process, which has Django loaded already."""
    from django.core.wsgi import get_wsgi_application
    from gunicorn.app.base import BaseApplication

    class Shop(BaseApplication):
        def load_config(self) -> None:
            self.cfg.set("bind", f"{HOST}:{port}")
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", THREADS)
            self.cfg.set("graceful_timeout", GRACE_SECONDS)
            self.cfg.set("loglevel", "warning")
            self.cfg.set("control_socket_disable", True)
            self.cfg.set("when_ready", lambda _: print(greeting, flush=True))

        def load(self) -> object:
            return get_wsgi_application()

    threading.Thread(target=stop_without, args=[worker], daemon=True).start()
    with contextlib.suppress(SystemExit):
        Shop().run()


def stop_without(worker: subprocess.Popen[bytes]) -> None:
    """A shop that sends no letters is broken: when the worker ends by itself, so does the server."""
    if worker.wait() > 0:
        print(f"The worker ended with exit code {worker.returncode}, so the shop closes.", file=sys.stderr)
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
