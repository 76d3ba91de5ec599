"""Store files in gzip. The first byte of a file tells when it is read, its name when it is written."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

# No line of a store file starts with this byte.
FIRST = b"\x1f"
BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)


class _Unpacked(gzip.GzipFile):
    def __init__(self, packed: io.BufferedReader) -> None:
        super().__init__(fileobj=packed, mode="rb")
        self._packed = packed

    def seekable(self) -> bool:
        """GzipFile calls a pipe seekable too; only the packed stream knows."""
        return self._packed.seekable()


def unpacked(stream: io.BufferedReader) -> BinaryIO:
    """The lines of a store file, unpacked if it is in gzip."""
    if stream.peek(1)[:1] != FIRST:
        return stream
    return cast(BinaryIO, _Unpacked(stream))


@contextmanager
def packed(stream: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    """A stream for the lines, packed if the path ends with .gz. The gzip header has no name and time, so that the same
    store gives the same file."""
    if path.suffix != ".gz":
        yield stream
        return
    with gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as lines:
        yield cast(BinaryIO, lines)
