"""A mail server of a few lines, for workers that are real processes: it takes letters, or holds one for ever."""

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Self


class Counter(socketserver.StreamRequestHandler):
    """One conversation, as much of SMTP as a worker speaks."""

    server: "PostOffice"

    def handle(self) -> None:
        self._say("220 post office")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self._say("354 go on")
                self._take()
            elif word == b"QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 fine")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        self.server.arrived.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.server.something_arrived.set()
        # The letter has arrived, but the worker is not told so while the office keeps it waiting.
        self.server.answers.wait()
        if self.server.dies_after_data:
            self.connection.close()
            return
        self._say("250 taken")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


class PostOffice(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.arrived: list[EmailMessage] = []
        self.dies_after_data = False
        self.something_arrived, self.answers = threading.Event(), threading.Event()
        self.answers.set()

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A worker that was killed hangs up in mid-sentence."""

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.answers.set()
        self.shutdown()
        self.server_close()
