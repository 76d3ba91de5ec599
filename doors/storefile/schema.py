"""Checks that a line has the shape of its type in refunds/line.schema.json, and says in words what is wrong."""

import json
from functools import cache

from jsonschema_rs import Draft202012Validator, ValidationError

from doors.storefile.problems import LineRefused
from doors.storefile.reading import Line
from refunds.line_schema import DEFS, TYPES

# A misspelt key is both unknown and missing. The unknown one is named, for it can be found in the line.
SAID_FIRST = ["additionalProperties", "required"]


def check(line: Line) -> None:
    """Raises with the first thing that is wrong about the shape of the line."""
    kind = line.get("type")
    if not isinstance(kind, str):
        raise LineRefused("has no “type”")
    if kind not in TYPES:
        raise LineRefused(f"is of the type “{kind[:40]}”, which a store file does not know")
    validator = _validator(kind)
    if not validator.is_valid(line):
        try:
            errors = list(validator.iter_errors(line))
        except ValueError:
            raise LineRefused("is nested too deeply") from None
        raise LineRefused(_in_words(min(errors, key=_rank)))


@cache
def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": DEFS})


def _rank(error: ValidationError) -> int:
    return SAID_FIRST.index(error.kind.name) if error.kind.name in SAID_FIRST else len(SAID_FIRST)


def _in_words(error: ValidationError) -> str:
    where = ".".join(str(part) for part in error.instance_path)
    keyword, wanted = error.kind.name, error.kind.value
    inside = f" in “{where}”" if where else ""
    if keyword == "required":
        return f"has no “{wanted}”{inside}"
    if keyword == "additionalProperties":
        return f"has the unknown key “{wanted[0][:40]}”{inside}"
    value = json.dumps(error.instance, ensure_ascii=False)
    has = f"has {value if len(value) <= 60 else f'{value[:57]}…'} as “{where}”"
    if keyword in {"minimum", "maximum"}:
        return f"{has}, and {wanted} is the {'least' if keyword == 'minimum' else 'most'}"
    if keyword == "enum":
        return f"{has}, which must be one of {', '.join(wanted)}"
    if keyword == "pattern" and "T[0-9]" in wanted:
        return f"{has}, which is no RFC 3339 time with a zone, such as 2026-11-01T09:30:00Z"
    if keyword == "type":
        return f"{has}, which must be {' or '.join(sorted(wanted, key='null'.__eq__))}"
    return f"{has}, which does not fit ({keyword}: {wanted})"
