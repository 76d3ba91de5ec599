"""Starts other programs so that none of them outlives the script that started it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from types import FrameType
from typing import IO

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 10
PR_SET_PDEATHSIG = 1

_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Stopped(BaseException):
    """Somebody asked this script to end; the exit code is the shell's for that signal."""

    def __init__(self, signum: int) -> None:
        super().__init__(f"stopped by {signal.Signals(signum).name}")
        self.exit_code = 128 + signum


def raise_on_signals() -> None:
    """From here on a signal to end unwinds the stack, so every `with` and `finally` runs."""
    for signum in ENDING_SIGNALS:
        signal.signal(signum, _raise_once)


def _raise_once(signum: int, frame: FrameType | None) -> None:
    # A second Ctrl-C while things are being put away must not interrupt the putting away.
    for ending in ENDING_SIGNALS:
        signal.signal(ending, signal.SIG_IGN)
    raise Stopped(signum)


def start(
    command: list[str], env: dict[str, str] | None = None, stdout: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """Start a command in a process group of its own, which the kernel ends should this script be killed."""
    return subprocess.Popen(
        command,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        process_group=0,
        preexec_fn=_end_with_parent if _libc else None,
    )


def _end_with_parent() -> None:
    for signum in ENDING_SIGNALS:
        signal.signal(signum, signal.SIG_DFL)
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run(command: list[str], env: dict[str, str] | None = None) -> int:
    """Run a command to its end and give its exit code; if this script is stopped, so is the command."""
    child = start(command, env)
    try:
        return child.wait()
    finally:
        end(child)


def end(child: subprocess.Popen[bytes]) -> None:
    """End a child and its whole process group: asked first, then forced."""
    _signal_group(child, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=GRACE_SECONDS)
    _signal_group(child, signal.SIGKILL)
    child.wait()


def _signal_group(child: subprocess.Popen[bytes], signum: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signum)
