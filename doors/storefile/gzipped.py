"""Store files in gzip: told by their first byte when they are read, by their name when they are written."""

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
        """Python's own one says yes of a pipe too."""
        return self._packed.seekable()


def unpacked(stream: io.BufferedReader) -> BinaryIO:
    """The stream itself, or what is packed in it."""
    if stream.peek(1)[:1] != FIRST:
        return stream
    return cast(BinaryIO, _Unpacked(stream))


@contextmanager
def packed(stream: BinaryIO, path: Path) -> Iterator[BinaryIO]:
    """The stream itself, or one that packs into it: without name and time, so that the same store is the same file."""
    if path.suffix != ".gz":
        yield stream
        return
    with gzip.GzipFile(filename="", fileobj=stream, mode="wb", mtime=0) as lines:
        yield cast(BinaryIO, lines)
