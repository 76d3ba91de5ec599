"""The words of the PDF on standard input, on standard output. Run as a process of its own by `reading.py`."""

import io
import resource
import sys
from contextlib import suppress

MEMORY_BYTES = 512 * 1024 * 1024
PAGES = 20
LONGEST_TEXT = 200_000


def limit(seconds: int) -> None:
    """So much memory, so much time, and no file to write. A system that knows one of the limits not has the others,
    and `reading.py` ends whoever takes too long."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def words(content: bytes) -> str:
    from pypdf import PdfReader

    document = PdfReader(io.BytesIO(content), strict=False)
    texts = [document.metadata.title or ""] if document.metadata else []
    for page in document.pages[:PAGES]:
        texts.append(page.extract_text())
        if sum(map(len, texts)) > LONGEST_TEXT:
            break
    return "\n".join(texts)[:LONGEST_TEXT]


if __name__ == "__main__":
    given = sys.stdin.buffer.read()
    limit(int(sys.argv[1]))
    sys.stdout.buffer.write(words(given).encode("utf-8", "replace"))
