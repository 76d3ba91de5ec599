"""The published schema is what the loader checks by and the API's forms are made of, and others read it as we do."""

import io
import json
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from accounts.people import ROLES
from credits.models import MOST, Kind
from doors.storefile import schema
from doors.storefile.loading import Load, Loaded, Options
from doors.storefile.problems import LineRefused
from refunds.line_schema import DEFS, SCHEMA
from refunds.models import Basis, Grounds, State
from refunds.models.cases import Side
from storefront.models import Cause, Status
from tests.storefile.emptying import dumped, empty_the_store
from tests.storefile.lines import NOW, SHOP, Line, download, grant, load_lines, purchase, refund

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
    Draft202012Validator.check_schema(SCHEMA)
    validator = Draft202012Validator(SCHEMA)
    for line in GOOD:
        assert validator.is_valid(line), line
        schema.check(line)


@pytest.mark.django_db(transaction=True)
def test_every_type_of_line_is_loaded() -> None:
    with transaction.atomic():
        subjects = Load(io.BytesIO(), Options(now=NOW), Loaded()).subjects
    assert set(subjects) == set(schema.TYPES)


def test_every_object_of_the_format_refuses_keys_that_it_does_not_know() -> None:
    for name, definition in DEFS.items():
        if "properties" in definition:
            assert definition["additionalProperties"] is False, name


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_the_loader_and_another_reader_of_the_schema_agree(data: st.DataObject) -> None:
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
    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": DEFS})


def _why(line: Line) -> str:
    with pytest.raises(LineRefused) as refusal:
        schema.check(line)
    return str(refusal.value)


@pytest.mark.parametrize("text", ["IN990000000001\n", "\nIN990000000001"])
def test_a_line_break_does_not_pass_at_the_end_of_a_pattern(text: str) -> None:
    shown = json.dumps(text)
    assert _why(purchase(invoice=text)) == (
        f"has {shown} as “invoice”, which does not fit (pattern: ^IN[0-9]{{12}}$)"
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (purchase(items=[{"share": 1}]), "has no “asset” in “items.0”"),
        (purchase(items=[{"asset": "oak", "price": 1}]), "has the unknown key “price” in “items.0”"),
        (purchase(items=[]), "has [] as “items”, which does not fit (minItems: 1)"),
        (purchase(items={}), "has {} as “items”, which must be array"),
        (download(via=1), "has 1 as “via”, which must be string or null"),
        (download(asset="a b"), 'has "a b" as “asset”, which does not fit (pattern: ^[-a-zA-Z0-9_]{1,100}$)'),
        ({**SHOP[2], "publishers": [{"role": "owner"}]}, "has no “slug” in “publishers.0”"),
        ({**SHOP[2], "publishers": [1]}, "has 1 as “publishers.0”, which must be string or object"),
        ({"type": "user", "emial": "ada@example.com"}, "has the unknown key “emial”"),
        ({**SHOP[2], "name": "x" * 151}, f'has "{"x" * 56}… as “name”, which does not fit (maxLength: 150)'),
    ],
)
def test_what_is_wrong_is_said_in_words(line: Line, reason: str) -> None:
    assert _why(line) == reason


def test_what_is_nested_too_deeply_to_be_told_is_said_to_be_so() -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    assert _why(purchase(items=deep)) == "is nested too deeply"
    schema.check(refund(5, facts={"deep": deep}))


def test_the_words_of_the_format_are_those_of_the_store() -> None:
    def words(kind: str, key: str) -> set[str]:
        return set(DEFS[kind]["properties"][key]["enum"])

    assert set(DEFS["kind"]["enum"]) == set(Kind.values)
    assert set(DEFS["side"]["enum"]) == set(Side.values)
    assert words("purchase", "status") == {*Status.values} - {Status.REFUNDED}
    assert words("download", "cause") == set(Cause.values)
    assert words("refund", "basis") == set(Basis.values)
    assert words("case", "grounds") == set(Grounds.values)
    assert words("case", "state") == set(State.values)
    assert set(DEFS["user"]["properties"]["roles"]["items"]["enum"]) == set(ROLES)
    assert DEFS["credits"]["maximum"] == DEFS["some_credits"]["maximum"] == MOST


@pytest.mark.django_db
def test_a_key_that_is_left_out_means_what_the_schema_says() -> None:
    eve = {"type": "user", "email": "eve@example.com"}
    lines = [*SHOP, eve, grant(), purchase(), download()]
    told = [{**_left_out(line), **line} for line in lines]
    assert sum(line != short for line, short in zip(told, lines, strict=True)) == 7

    load_lines(*lines)
    short = dumped()
    empty_the_store()
    load_lines(*told)
    assert dumped() == short


def _left_out(line: Line) -> Line:
    keys = DEFS[line["type"]]["properties"].items()
    return {key: shape["default"] for key, shape in keys if "default" in shape}
