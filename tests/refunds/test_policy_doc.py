"""The policy's page cannot lie: its table of examples is executed, and its numbers are the standard ones."""

import re
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path

import pytest

from refunds.policy import Download, Facts, Item, Kind, ReasonCode, Status, Terms, decide

PAGE = Path(__file__).parents[2] / "docs" / "refund-policy.md"
BOUGHT = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
STANDARD = Terms("standard", None, window_days=30, bundle_percent=50)
COLUMNS = [
    "Purchase",
    "Downloaded, at original prices",
    "Credits spent",
    "Asked after",
    "Answer",
    "Credits back",
]
PLAIN_PRICE = 10


def table(*columns):
    """The rows of the one table of the page that has these columns."""
    lines = iter(PAGE.read_text(encoding="utf-8").splitlines())
    assert any(cells(line) == list(columns) for line in lines), f"No table has the columns {columns}."
    next(lines)
    return [cells(line) for line in takewhile(lambda line: line.startswith("|"), lines)]


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


EXAMPLES = table(*COLUMNS)


@pytest.mark.parametrize("row", EXAMPLES, ids=" / ".join)
def test_each_example_is_what_the_policy_answers(row):
    purchase, downloaded, spent, asked_after, answer, back = row
    decision = decide(
        bought(purchase, downloaded, spent=int(spent)), terms=STANDARD, now=BOUGHT + elapsed(asked_after)
    )
    reasons = ", ".join(f"`{reason.code}`" for reason in decision.reasons)
    assert (reasons or "yes") == answer
    assert decision.credits == int(back)


def bought(purchase, downloaded, *, spent):
    size = re.fullmatch(r"Bundle of (\d+)", purchase)
    prices = [] if downloaded == "nothing" else [int(price) for price in downloaded.split(" + ")]
    fetched = Download(BOUGHT + timedelta(days=1))
    items = [Item(f"d{place}", f"d{place}", price, (fetched,)) for place, price in enumerate(prices)]
    rest = (int(size[1]) if size else 1) - len(items)
    items += [Item(f"r{place}", f"r{place}", PLAIN_PRICE) for place in range(rest)]
    assert size or purchase == "Single asset"
    return Facts(
        requester=1,
        owner=1,
        invoice="IN010000000001",
        kind=Kind.BUNDLE if size else Kind.ASSET,
        title=purchase,
        status=Status.COMPLETED,
        completed_at=BOUGHT,
        credits_spent=spent,
        items=tuple(items),
    )


def elapsed(words):
    days, _, more = words.partition(" days")
    assert more in {"", " and 1 microsecond"}
    return timedelta(days=int(days), microseconds=1 if more else 0)


def test_the_five_examples_of_the_published_policy_come_first():
    assert [(row[0], row[1].count("+") + (row[1] != "nothing"), row[4]) for row in EXAMPLES[:5]] == [
        ("Single asset", 0, "yes"),
        ("Single asset", 1, "`asset_downloaded`"),
        ("Bundle of 10", 0, "yes"),
        ("Bundle of 10", 3, "yes"),
        ("Bundle of 10", 6, "`bundle_over_limit`"),
    ]


def test_the_edges_are_among_the_examples():
    assert ["Bundle of 10", "10 + 15 + 5 + 10 + 10", "100", "3 days", "yes", "50"] in EXAMPLES
    assert any(row[4] == "yes" and row[5] == "0" and row[2] != "0" for row in EXAMPLES)
    assert any("microsecond" in row[3] for row in EXAMPLES)


def test_the_rules_stand_in_the_order_in_which_reasons_are_given():
    rules = table("", "What must be so", "If not")
    assert [row[2] for row in rules] == [f"`{code}`" for code in ReasonCode]


def test_the_glossary_is_in_order_and_explains_each_word_once():
    page = (PAGE.parent / "glossary.md").read_text(encoding="utf-8")
    words = re.findall(r"^\| \*\*([a-z ]+)\*\*", page, flags=re.MULTILINE)
    assert words == sorted(set(words))
    assert {"purchase", "decision", "lot", "entry", "case", "strike"} <= set(words)
