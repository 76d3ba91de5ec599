"""What the lines of a file call things, and what those names stand for. Refs are local to a file."""

import json
from typing import TypeVar

from doors.storefile.problems import FollowsRefused, LineRefused
from doors.storefile.reading import Line

Thing = TypeVar("Thing")

# By type of line: the kind of name it gives and the key that holds it.
NAMED_BY = {
    "terms": ("terms", "version"),
    "publisher": ("publisher", "slug"),
    "user": ("user", "email"),
    "asset": ("asset", "slug"),
    "bundle": ("bundle", "slug"),
    "code": ("code", "code"),
    "case": ("case", "number"),
    "grant": ("ref", "ref"),
    "redemption": ("ref", "ref"),
    "purchase": ("ref", "ref"),
    "download": ("ref", "ref"),
}
# Repeating one of these changes it from there on.
MAY_CHANGE = {"asset", "bundle"}


class Names:
    """Every name with its thing and a digest of the line that gave it."""

    def __init__(self) -> None:
        self._things: dict[str, dict[str, object]] = {kind: {} for kind, _ in NAMED_BY.values()}
        self._digests: dict[str, dict[str, int]] = {kind: {} for kind, _ in NAMED_BY.values()}
        self._refused: set[tuple[str, str]] = set()

    def repeats(self, line: Line) -> bool:
        """Whether this very line was there before. The same name with other content is an error."""
        named = _name(line)
        if named is None or line["type"] in MAY_CHANGE:
            return False
        kind, name = named
        digest = hash(json.dumps(line, sort_keys=True))
        if self._digests[kind].setdefault(name, digest) != digest:
            raise LineRefused(f"repeats the {kind} “{name}” with other content")
        return name in self._things[kind]

    def keep(self, kind: str, name: str, thing: object) -> None:
        self._things[kind][name] = thing

    def get(self, kind: str, name: str, wanted: type[Thing]) -> Thing | None:
        """Raises FollowsRefused for a name whose own line was refused: one complaint is enough."""
        thing = self._things[kind].get(name)
        if thing is None and (kind, name) in self._refused:
            raise FollowsRefused
        return thing if isinstance(thing, wanted) else None

    def refuse(self, line: Line) -> None:
        named = _name(line)
        if named is not None and named[1] not in self._things[named[0]]:
            self._refused.add(named)

    def ref(self, name: str, wanted: type[Thing], word: str) -> Thing:
        """What a ref stands for, when it is what the line needs."""
        thing = self.get("ref", name, object)
        if thing is None:
            raise LineRefused(f"names the {word} “{name}”, and no line above it has this ref")
        if not isinstance(thing, wanted):
            raise LineRefused(f"names “{name}” as a {word}, and it is none")
        return thing


def _name(line: Line) -> tuple[str, str] | None:
    kind, key = NAMED_BY.get(str(line.get("type")), ("", ""))
    name = line.get(key)
    if not isinstance(name, str):
        return None
    return kind, name.lower() if kind == "user" else name
