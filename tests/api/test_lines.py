"""The forms for what another shop sends are made of the shapes of the store file: they take nothing that does not fit."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from doors.api.lines import DownloadLine, GrantLine, LineForm, PurchaseLine, UserLine
from refunds.line_schema import DEFS

AT = "2026-11-20T10:00:00Z"
GOOD: dict[type[LineForm], dict[str, Any]] = {
    UserLine: {"email": "nia@example.com"},
    GrantLine: {"ref": "g1", "user": "nia@example.com", "credits": 5, "kind": "paid", "at": AT},
    PurchaseLine: {"ref": "p1", "user": "nia@example.com", "asset": "oak", "credits": 5, "at": AT},
    DownloadLine: {"ref": "d1", "purchase": "p1", "asset": "oak", "at": AT},
}
ODD = [
    *(
        None,
        True,
        False,
        -1,
        0,
        1,
        2**53 - 1,
        2**53,
        1.0,
        "",
        "x",
        "a b",
        [],
        {},
        ["oak"],
        [{}],
        "paid",
        "gold",
        AT,
    ),
    *("x" * length for length in (50, 51, 100, 101, 150, 151, 200, 201, 254, 255)),
    *(
        "2026-11-20T10:00:00",
        "IN990000000001",
        "CN990000000001",
        "nia@example.com",
        [{"asset": "oak", "share": -1}],
    ),
]


@pytest.mark.parametrize("form", GOOD)
def test_a_form_refuses_what_the_shape_refuses(form: type[LineForm]) -> None:
    shape = Draft202012Validator({"$ref": f"#/$defs/{form.line}", "$defs": DEFS})
    refused = 0
    for key in form.keys.split():
        for odd in ODD:
            line = {**GOOD[form], key: odd}
            if not shape.is_valid({"type": form.line, **line}):
                filled = form(data=line)
                assert not filled.is_valid()
                assert key in filled.errors, line
                refused += 1
    assert refused > len(form.keys.split())


@pytest.mark.parametrize("form", GOOD)
def test_a_form_fills_in_what_the_shape_says_is_meant(form: type[LineForm]) -> None:
    filled = form(data=GOOD[form])
    assert filled.is_valid()
    left_out = {
        key: shape["default"]
        for key, shape in DEFS[form.line]["properties"].items()
        if "default" in shape and key in form.keys.split()
    }
    assert {key: filled.validated_data[key] for key in left_out} == left_out
    assert set(filled.validated_data) == {*GOOD[form], *left_out}
