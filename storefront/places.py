"""Where a page begins: the key of the last row shown, carried in an address and trusted for nothing."""

import base64
import binascii
import json


def token(*key: str | int) -> str:
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def place(given: str, *kinds: type) -> list[str | int] | None:
    """The key that a token carries, if it is one of these kinds and the database could hold it; else None."""
    try:
        key = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
    except (ValueError, RecursionError, binascii.Error):
        return None
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        return None
    return key if all(map(_storable, key)) else None


def _storable(part: str | int) -> bool:
    if isinstance(part, int):
        return -(2**63) <= part < 2**63
    return "\0" not in part and part.isprintable()
