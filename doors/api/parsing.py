"""Reads a JSON body as its sender must have meant it, or not at all: no duplicate keys, no NaN, no depths."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import IO, Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

LARGEST_BYTES = 2_000_000
DEEPEST = 40
LONGEST_NUMBER = 40


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body is larger than this store reads. Nothing was done."


class StrictJSONParser(JSONParser):
    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, object] | None = None,
    ) -> Any:
        raw = read_at_most(stream, LARGEST_BYTES)
        try:
            text = raw.decode("utf-8")
            if _depth(text) > DEEPEST:
                raise ParseError("The body is nested too deeply. Nothing was done.")
            value = json.loads(
                text,
                object_pairs_hook=_no_twins,
                parse_constant=_no_constant,
                parse_int=_whole,
                parse_float=_finite,
            )
            # Half of a surrogate pair is no text: it could be neither stored nor sent back.
            json.dumps(value, ensure_ascii=False).encode()
        except (ValueError, RecursionError) as error:
            raise ParseError(
                f"The body is not JSON as this store reads it: {_why(error)}. Nothing was done."
            ) from error
        return value


class BoundedMultiPartParser(MultiPartParser):
    """Files go to disk as they come and Django bounds the fields; here the whole is bounded as well."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        from django.conf import settings

        files = settings.ATTACHMENT_MEGABYTES * settings.ATTACHMENTS_AT_ONCE * 1_000_000
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > files + LARGEST_BYTES:
            raise TooLarge
        return super().parse(stream, media_type, parser_context)


def read_at_most(stream: IO[bytes], most: int) -> bytes:
    raw = stream.read(most + 1)
    if len(raw) > most:
        raise TooLarge
    return raw


def _depth(text: str) -> int:
    """Counted before anything recurses. What stands in a text is nobody's nesting: people write brackets too."""
    deepest = depth = 0
    quoted = escaped = False
    for character in text:
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it is not text in UTF-8"
    return str(error) if isinstance(error, ValueError) else "it is nested too deeply"


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name[:100]!r} stands twice")
        found[name] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return int(digits)


def _finite(digits: str) -> float:
    if len(digits) > LONGEST_NUMBER or not isfinite(float(digits)):
        raise ValueError("a number is too long or too large")
    return float(digits)
