"""Reading invoice numbers out of a file that somebody attached: a hint, never proof, and never worth a hung page.

The file is opened by a process of its own, which has so much memory and so much time and is then ended: a PDF may be
written to make its reader work for ever. On one machine no more than two are read at once; whoever finds no place soon is
told that nothing was found, and types the number.
"""

import fcntl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from storefront.numbers import numbers_in

READER = Path(__file__).with_name("pdf_text.py")
LARGEST_BYTES = 10_000_000
SECONDS = 5
PDF_MAGIC = b"%PDF-"
AT_ONCE = 2
WAIT_SECONDS = 2


def read_numbers(content: bytes) -> list[str]:
    """Every invoice number that the PDF names, each once, in the order of its pages. None for what is no PDF."""
    if len(content) > LARGEST_BYTES or not content.startswith(PDF_MAGIC):
        return []
    with _place() as found:
        return numbers_in(_text(content)) if found else []


def _text(content: bytes) -> str:
    try:
        # Isolated (-I): nothing of this process, its folder or its environment is looked at by the child.
        child = subprocess.run(  # noqa: S603 -- our own interpreter and our own file; the PDF goes in as its input
            [sys.executable, "-I", str(READER), str(SECONDS)],
            input=content,
            capture_output=True,
            timeout=2 * SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return child.stdout.decode("utf-8", "replace")


@contextmanager
def _place() -> Iterator[bool]:
    """One of the places that all processes of this machine share; a process that dies leaves its place."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        for number in range(AT_ONCE):
            with (folder / f".reader-{number}").open("w") as place:
                try:
                    fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield True
                return
        time.sleep(0.02)
    yield False
