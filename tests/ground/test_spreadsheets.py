"""CSV in which nothing is a formula."""

import csv
import io

import pytest

from doors.spreadsheets import csv_file
from ground.spreadsheets import harmless


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "  =1+1", "\N{FULLWIDTH EQUALS SIGN}1"]
)
def test_text_that_begins_like_a_formula_is_led_by_an_apostrophe(text):
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize(("cell", "written"), [(-5, -5), (0, 0), (None, ""), ("a=b", "a=b"), ("a\0b", "ab")])
def test_figures_stay_figures_and_other_text_stays_as_it_is(cell, written):
    assert harmless(cell) == written


def test_a_file_is_a_download_that_nobody_keeps():
    answer = csv_file("x.csv", ["A", "B"], [["x, y", -1], ['"q"\nz', None]])
    assert answer["Content-Disposition"] == 'attachment; filename="x.csv"'
    assert answer["Cache-Control"] == "no-store"
    body = answer.getvalue().decode()
    assert body.startswith("\ufeffA,B\r\n")
    assert list(csv.reader(io.StringIO(body[1:]))) == [["A", "B"], ["x, y", "-1"], ['"q"\nz', ""]]
