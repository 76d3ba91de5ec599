"""The published schema is what the loader checks by: no key, type or bound is known to one of them alone."""

import io
import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from doors.storefile import schema
from doors.storefile.loading import Load, Loaded, Options
from doors.storefile.problems import LineRefused
from tests.storefile.lines import NOW, SHOP, Line, download, grant, purchase, refund

GOOD: list[Line] = [
    *SHOP,
    grant(expires_at=None),
    purchase(
        items=[{"asset": "oak", "share": 1}], asked={"at": "2026-11-02T00:00:00Z", "count": 1, "price": 2}
    ),
    download(via=None, cause="direct"),
    refund(5, restores=[{"grant": "g1", "credits": 5, "ref": "g2", "expires_at": "2026-12-02T00:00:00Z"}]),
    {"type": "code", "code": "X", "credits": 5, "uses": None},
    {
        "type": "case",
        "purchase": "p1",
        "grounds": "other",
        "state": "rejected",
        "opened_at": "2026-11-02T00:00:00Z",
        "answers": [{"publisher": "grove", "asked_at": "2026-11-02T00:00:00Z", "authorised": False}],
        "attachments": [{"name": "a.txt", "type": "text/plain", "base64": "YQ=="}],
    },
]
ODD = st.sampled_from(
    [None, True, False, -1, 0, 1, 2**53, "", "x", "ada@example.com", "2026-11-02T00:00:00Z", [], {}, ["oak"]]
)


def test_it_is_a_schema_that_knows_every_line() -> None:
    Draft202012Validator.check_schema(schema.SCHEMA)
    validator = Draft202012Validator(schema.SCHEMA)
    for line in GOOD:
        assert validator.is_valid(line), line
        schema.check(line)


@pytest.mark.django_db(transaction=True)
def test_every_type_of_line_is_loaded() -> None:
    with transaction.atomic():
        subjects = Load(io.BytesIO(), Options(now=NOW), Loaded()).subjects
    assert set(subjects) == set(schema.TYPES)


def test_every_object_of_the_format_refuses_keys_that_it_does_not_know() -> None:
    for name, definition in schema.DEFS.items():
        if "properties" in definition:
            assert definition["additionalProperties"] is False, name


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_the_quick_check_and_the_schema_agree(data: st.DataObject) -> None:
    """Good lines with something changed in them, anywhere."""
    line = json.loads(json.dumps(data.draw(st.sampled_from(GOOD))))
    _change(line, data)
    kind = line.get("type")
    by_schema = isinstance(kind, str) and kind in schema.TYPES and _validator(kind).is_valid(line)
    assert _passes(line) == by_schema


def _passes(line: Line) -> bool:
    try:
        schema.check(line)
    except LineRefused:
        return False
    return True


def _change(line: dict[str, Any], data: st.DataObject) -> None:
    inner = [part for value in line.values() if isinstance(value, list) for part in value]
    place = data.draw(st.sampled_from([line, *(part for part in inner if isinstance(part, dict))]))
    known = [*sorted(place), "surprise", "at", "items", "expires_at"]
    key = data.draw(st.sampled_from(known))
    if data.draw(st.booleans()):
        place.pop(key, None)
    else:
        place[key] = data.draw(ODD)


def _validator(kind: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema.DEFS})


@pytest.mark.parametrize("text", ["IN990000000001\n", "\nIN990000000001"])
def test_a_line_break_does_not_pass_at_the_end_of_a_pattern(text: str) -> None:
    with pytest.raises(LineRefused):
        schema.check(purchase(invoice=text))
