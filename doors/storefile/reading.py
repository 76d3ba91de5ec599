"""Reads a store file into plain objects, a line at a time. Whatever stands in it, the memory that it takes is bounded."""

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NoReturn

from doors.storefile.gzipped import BROKEN
from doors.storefile.problems import LineRefused, Problems

LONGEST_LINE = 40_000_000
BOM = b"\xef\xbb\xbf"

Line = dict[str, Any]


class Reader:
    """Gives number and object of each line, and notes what is no object as a problem."""

    def __init__(
        self, stream: BinaryIO, problems: Problems, *, progress: Callable[[int], object] | None = None
    ) -> None:
        self._stream = stream
        self._problems = problems
        self._progress = progress
        self._said_carriage_return = False
        self.number = 0
        self.hash = hashlib.sha256()

    def __iter__(self) -> Iterator[tuple[int, Line]]:
        try:
            while raw := self._next():
                try:
                    yield self.number, self._parse(raw)
                except LineRefused as problem:
                    self._problems.add(self.number, str(problem))
        except BROKEN as error:
            self.number += 1
            how = "cut off" if isinstance(error, EOFError) else f"damaged ({error})"
            self._problems.add(self.number, f"cannot be read: the gzip file is {how}")

    def _next(self) -> bytes:
        raw = self._stream.readline(LONGEST_LINE + 1)
        if raw:
            self.number += 1
            self._saw(raw)
        return raw

    def _saw(self, raw: bytes) -> None:
        self.hash.update(raw)
        if self._progress:
            self._progress(len(raw))

    def _parse(self, raw: bytes) -> Line:
        if len(raw) > LONGEST_LINE:
            self._skip_rest(raw)
            raise LineRefused(f"is longer than {LONGEST_LINE:,} bytes, the most that a line may have")
        whole = raw.endswith(b"\n")
        if self.number == 1 and raw.startswith(BOM):
            raise LineRefused("starts with a byte order mark; a store file is plain UTF-8 without one")
        if raw.endswith(b"\r\n"):
            raw = raw[:-2]
            if not self._said_carriage_return:
                self._said_carriage_return = True
                raise LineRefused("ends with CR LF; lines of a store file end with LF alone")
        return parse(raw, whole=whole)

    def _skip_rest(self, raw: bytes) -> None:
        while raw and not raw.endswith(b"\n"):
            raw = self._stream.readline(1_000_000)
            self._saw(raw)


def parse(raw: bytes, *, whole: bool = True) -> Line:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise LineRefused(
            f"is not UTF-8: the byte at position {error.start + 1} belongs to no character"
        ) from None
    if not text.strip():
        raise LineRefused("is empty; every line is one object")
    try:
        line = _decoder.decode(text)
    except json.JSONDecodeError as error:
        if not whole:
            raise LineRefused("is cut off: the file ends in the middle of it") from None
        raise LineRefused(f"is not JSON: {error.msg} at character {error.colno}") from None
    except RecursionError:
        raise LineRefused("is nested too deeply") from None
    except ValueError:
        raise LineRefused("holds a number with too many digits") from None
    if not isinstance(line, dict):
        raise LineRefused("is not an object, and every line is one")
    if "\\u" in text and not _all_text(line):
        raise LineRefused("holds a character that is no text (a NUL or half of a pair)")
    return line


def _all_text(value: object) -> bool:
    """Only an escape can bring what no database keeps: a NUL, or one half of a surrogate pair."""
    if isinstance(value, str):
        return not any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return all(_all_text(part) for pair in value.items() for part in pair)
    return all(map(_all_text, value)) if isinstance(value, list) else True


def _each_key_once(pairs: list[tuple[str, object]]) -> Line:
    line = dict(pairs)
    if len(line) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise LineRefused(f"has the key “{twice}” twice")
    return line


def _no_fraction(text: str) -> NoReturn:
    raise LineRefused(f"holds the number {text[:40]}; every number in a store file is whole")


_decoder = json.JSONDecoder(
    object_pairs_hook=_each_key_once, parse_float=_no_fraction, parse_constant=_no_fraction
)
