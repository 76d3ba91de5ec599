"""The policy page says what the judge does, with the numbers that are in force."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from storefront.models import Terms

pytestmark = pytest.mark.django_db


def text_of(response):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def rows(response):
    table = re.search(r'id="examples".*?</table>', response.content.decode(), re.DOTALL)[0]
    body = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    return [
        [
            re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", cell))).strip()
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
        ]
        for row in body
    ]


def test_the_five_examples_are_worked_out(client):
    assert rows(client.get("/policy/")) == [
        ["Asset A, not downloaded", "0", "40", "0", "40", "Full refund"],
        ["Asset A, downloaded", "1", "40", "0", "0", "Denied"],
        ["Bundle of 10 items, none downloaded", "0 %", "100", "0", "100", "Full refund"],
        ["Bundle of 10 items, 3 downloaded", "30 %", "100", "10 + 15 + 5", "70", "Partial refund"],
        ["Bundle of 10 items, 6 downloaded", "60 %", "100", "0", "0", "Denied"],
    ]


def test_other_terms_write_another_page(client):
    Terms.objects.create(
        version="strict",
        in_force_from=timezone.now() - timedelta(seconds=1),
        window_days=14,
        bundle_percent=20,
        created_at=timezone.now(),
    )
    page = client.get("/policy/")
    assert "within 14 days" in text_of(page)
    assert "at most 20 % of the items" in text_of(page)
    assert rows(page)[3][-1] == "Denied"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            {"kind": "bundle", "size": 10, "spent": 100, "downloaded": "10, 15 5", "days": 3},
            "You would get 70 credits back Credits spent 100",
        ),
        ({"kind": "bundle", "size": 2, "spent": 50, "downloaded": "60", "days": 30}, "Back in your wallet 0"),
        ({"kind": "asset", "spent": 40, "days": 31}, "This would be denied Credits spent 40"),
        ({"kind": "asset", "spent": 40, "downloaded": "40", "days": 1}, "never have been downloaded"),
        ({"kind": "asset", "spent": 40, "downloaded": "40 50", "days": 1}, "There are more prices here"),
        ({"kind": "bundle", "size": 3, "spent": 40, "downloaded": "a lot", "days": 1}, "Write whole credits"),
        (
            {"kind": "bundle", "size": 3, "spent": 40, "downloaded": "9" * 16, "days": 1},
            "larger than credits can be",
        ),
        ({"kind": "bundle", "size": 3, "spent": "-1", "days": 1}, "greater than or equal to 0"),
        ({"kind": "bundle", "size": "1e400", "spent": "NaN", "days": "\uff17\x00"}, "Enter a whole number"),
    ],
)
def test_the_calculator_answers_or_says_what_is_wrong(client, asked, expected):
    page = client.get("/policy/", asked)
    assert page.status_code == 200
    assert expected in text_of(page)


@pytest.mark.parametrize("name", ["buy", "refund", "credits", "publishers"])
def test_each_guide_opens_for_everybody(client, name):
    page = client.get(f"/help/{name}/")
    assert page.status_code == 200
    assert "!" not in re.sub(r"<!doctype html>", "", text_of(page))


def test_each_question_leads_to_the_right_request(client):
    page = client.get("/policy/").content.decode()
    for grounds in ("never_downloaded", "out_of_window", "credits_wrong"):
        assert f"/cases/new/?grounds={grounds}" in page
