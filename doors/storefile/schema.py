"""The shape of a line, read off line.schema.json: checked fast when it fits, explained by jsonschema when not."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "line.schema.json").read_text())
DEFS: dict[str, Any] = SCHEMA["$defs"]
TYPES = tuple(choice["$ref"].rpartition("/")[2] for choice in SCHEMA["oneOf"])

Check = Callable[[Any], bool]
OF_TYPE: dict[str, type] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
    "array": list,
    "object": dict,
}


def check(line: Line) -> None:
    """Raises with the first thing that is wrong about the shape of the line."""
    kind = line.get("type")
    if not isinstance(kind, str):
        raise LineRefused("has no “type”")
    if kind not in TYPES:
        raise LineRefused(f"is of the type “{kind[:40]}”, which a store file does not know")
    if not _fits(kind)(line):
        # jsonschema lets a line break pass before the end of a pattern; the check above does not.
        error = next(iter(_validator(kind).iter_errors(line)), None)
        raise LineRefused(_in_words(error) if error else "has a line break where none may be")


@cache
def _fits(kind: str) -> Check:
    return _compile(DEFS[kind])


def _compile(schema: dict[str, Any]) -> Check:
    """A function for a schema, of the few keywords that the file uses: jsonschema itself takes ten times as long,
    and a store has millions of lines. A test holds the two equal."""
    if "$ref" in schema:
        return _compile(DEFS[schema["$ref"].rpartition("/")[2]])
    if "oneOf" in schema:
        choices = [_compile(choice) for choice in schema["oneOf"]]
        return lambda value: any(fits(value) for fits in choices)
    if "const" in schema or "enum" in schema:
        known = frozenset(schema.get("enum", [schema.get("const")]))
        return lambda value: isinstance(value, str) and value in known
    named = schema["type"]
    checks = {
        OF_TYPE[name]: _of_type(name, schema) for name in (named if isinstance(named, list) else [named])
    }

    def fits(value: Any) -> bool:
        # type(), not isinstance: True is no 1 here.
        inner = checks.get(type(value))
        return inner is not None and inner(value)

    return fits


def _of_type(name: str, schema: dict[str, Any]) -> Check:
    if name == "string":
        return _string(schema)
    if name == "integer":
        least, most = schema["minimum"], schema["maximum"]
        return lambda value: least <= value <= most
    if name == "array":
        item, fewest = _compile(schema["items"]), schema.get("minItems", 0)
        return lambda value: len(value) >= fewest and all(map(item, value))
    if name == "object":
        return _object(schema)
    return lambda _: True


def _string(schema: dict[str, Any]) -> Check:
    least, most = schema.get("minLength", 0), schema.get("maxLength", 10**9)
    if "pattern" not in schema:
        return lambda value: least <= len(value) <= most
    fits = re.compile(schema["pattern"]).fullmatch
    return lambda value: least <= len(value) <= most and fits(value) is not None


def _object(schema: dict[str, Any]) -> Check:
    if "properties" not in schema:
        return lambda _: True
    needed = frozenset(schema.get("required", ()))
    inner = {key: _compile(each) for key, each in schema["properties"].items()}

    def fits(value: Line) -> bool:
        if not needed <= value.keys():
            return False
        for key, part in value.items():
            part_fits = inner.get(key)
            if part_fits is None or not part_fits(part):
                return False
        return True

    return fits


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": DEFS})


def _in_words(error: ValidationError) -> str:
    where = ".".join(str(part) for part in error.absolute_path)
    value = json.dumps(error.instance, ensure_ascii=False)
    shown = value if len(value) <= 60 else f"{value[:57]}…"
    if error.validator == "required":
        missing = next(key for key in error.validator_value if key not in error.instance)
        return f"has no “{missing}”" + (f" in “{where}”" if where else "")
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        unknown = next(key for key in error.instance if key not in known)
        return f"has the unknown key “{unknown[:40]}”" + (f" in “{where}”" if where else "")
    if error.validator in {"minimum", "maximum"}:
        return f"has {shown} as “{where}”, and {error.validator_value} is the {_edge(error)}"
    if error.validator == "enum":
        return f"has {shown} as “{where}”, which must be one of {', '.join(error.validator_value)}"
    if error.validator == "pattern" and "T[0-9]" in error.validator_value:
        return (
            f"has {shown} as “{where}”, which is no RFC 3339 time with a zone, such as 2026-11-01T09:30:00Z"
        )
    if error.validator == "type":
        wanted = error.validator_value
        return f"has {shown} as “{where}”, which must be {' or '.join([wanted] if isinstance(wanted, str) else wanted)}"
    return f"has {shown} as “{where}”, which does not fit ({error.validator}: {error.validator_value})"[:300]


def _edge(error: ValidationError) -> str:
    return "least" if error.validator == "minimum" else "most"
