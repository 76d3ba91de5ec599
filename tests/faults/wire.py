"""The wire between a store and its PostgreSQL: it can be cut, and silent to whoever calls anew."""

import contextlib
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from django.db import connection

SOCKET = ".s.PGSQL.5432"


class Wire:
    """A Unix socket of its own; every byte goes to the server of the test database and back."""

    def __init__(self, folder: Path) -> None:
        where = connection.settings_dict
        self.server = str(Path(where["OPTIONS"].get("host") or where["HOST"]) / SOCKET)
        self.address = f"postgres://{where['USER']}:{where['PASSWORD']}@/{where['NAME']}?host={folder}"
        self.path = folder / SOCKET
        self.silent = False
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._unheard: list[socket.socket] = []

    def mend(self) -> None:
        self.silent = False
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self.path))
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """As when the server stops: whoever is connected is cut off, and nobody is let in."""
        if self._listener:
            # Closing alone would leave the thread that waits for callers waiting.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        self.path.unlink(missing_ok=True)
        for end in list(self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        while self._unheard:
            self._unheard.pop().close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                caller, _ = listener.accept()
            except OSError:
                return
            if self.silent:
                self._unheard.append(caller)
                continue
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.server)
            self._open |= {caller, server}
            for one, other in ((caller, server), (server, caller)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        for end in (one, other):
            self._open.discard(end)
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@contextlib.contextmanager
def wire() -> Iterator[Wire]:
    with tempfile.TemporaryDirectory(prefix="recredit-wire-", dir="/tmp") as folder:
        line = Wire(Path(folder))
        line.mend()
        try:
            yield line
        finally:
            line.cut()
