"""Reads a JSON body as its sender must have meant it, or not at all: no duplicate keys, no NaN, no depths."""

import json
from typing import Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser

LARGEST_BYTES = 2_000_000
DEEPEST = 40


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = "The body is larger than this store reads. Nothing was done."


class StrictJSONParser(JSONParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0)
        raw = b"" if length > LARGEST_BYTES else stream.read(LARGEST_BYTES + 1)
        if length > LARGEST_BYTES or len(raw) > LARGEST_BYTES:
            raise TooLarge
        try:
            text = raw.decode("utf-8")
            if _depth(text) > DEEPEST:
                raise ParseError("The body is nested too deeply.")
            return json.loads(
                text, object_pairs_hook=_no_twins, parse_constant=_no_constant, parse_int=_whole
            )
        except (ValueError, RecursionError) as error:
            raise ParseError(f"The body is not JSON as this store reads it: {error}.") from error


def _depth(text: str) -> int:
    """An upper bound is enough, and it is counted before anything recurses."""
    deepest = depth = 0
    for character in text:
        if character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {name!r} stands twice")
        found[name] = value
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _whole(digits: str) -> int:
    if len(digits) > 40:
        raise ValueError("a number is too long")
    return int(digits)
