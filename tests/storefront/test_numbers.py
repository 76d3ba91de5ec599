"""Invoice numbers: spelled as people spell them, never mistaken, and without a hole."""

import pytest
from django.db import transaction

from storefront.models import Purchase, Series
from storefront.numbers import normalise, numbers_in, take_numbers
from tests.world import buy

NUMBER = "IN010000000007"


@pytest.mark.parametrize(
    "spelling",
    [
        "IN010000000007",
        "in010000000007",
        "In010000000007",
        "010000000007",
        "IN 0100 0000 0007",
        "IN-0100-0000-0007",
        "in 01-0000 000\u00a0007",
        " IN010000000007\n",
        "\tIN\t010000000007",
        "I N 010000000007",
        "0 1 0 0 0 0 0 0 0 0 0 7",
        "IN\u2013010000000007",
        "IN\u2014010000\u2212000007",
        "IN\uff0d010000000007",
        "IN\u2011010000000007",
        "IN010000\u200b000007",
        "IN\u3000010000000007",
        "".join(chr(0xFF10 + int(digit)) for digit in "010000000007"),
        "IN0100000000" + "\uff10\uff17",
    ],
)
def test_a_number_is_read_leniently(spelling):
    assert normalise(spelling) == NUMBER


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        "IN",
        "IN01000000000",
        "IN0100000000070",
        "IN01000000000O",
        "INO10000000007",
        "IN01000000000l",
        "1N010000000007",
        "lN010000000007",
        "CN010000000007",
        "CN 0100 0000 0007",
        "ININ010000000007",
        "IN010000000007IN",
        "IN01000000000\u0667",  # an Arabic seven
        "IN01000000000\u096d",  # a Devanagari seven
        "IN01000000000\U0001d7d5",  # a mathematical bold seven
        "IN01000000000\u2466",  # a seven in a circle
        "IN01000000000\u2077",  # a seven as a power
        "\u0406N010000000007",  # a Cyrillic I
        "I\u039d010000000007",  # a Greek Nu
        "\u0130N010000000007",  # an I with a dot
        "\u0131N010000000007",  # an i without one
        "\uff29\uff2e010000000007",  # full-width letters are look-alikes: only digits may be wide
        "IN01.0000.000007",
        "IN_010000000007",
        "#010000000007",
        "IN010000000007\0",
        "IN+10000000007",
        "IN0x0000000007",
        "IN" + " " * 200 + "010000000007",
    ],
)
def test_what_only_looks_like_a_number_is_none(spelling):
    assert normalise(spelling) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Please refund IN010000000007.", ["IN010000000007"]),
        ("invoice in-0100-0000-0007, thank you", ["IN010000000007"]),
        ("(010000000007)", ["IN010000000007"]),
        ("IN010000000007 and IN010000000008, not IN010000000007", ["IN010000000007", "IN010000000008"]),
        ("IN010000000007\n2026-11-21", ["IN010000000007"]),
        ("IN010000000007 21 November", ["IN010000000007"]),
        ("Credit note CN010000000003 for IN010000000007", ["IN010000000007"]),
        ("CN 0100 0000 0003", []),
        ("card 0100 0000 0007 1234", []),
        ("1234010000000007", []),
        ("order A010000000007", []),
        ("IN01000000000O", []),
        ("", []),
    ],
)
def test_numbers_are_found_in_running_text(text, named):
    assert numbers_in(text) == named


def test_a_page_of_digits_is_searched_quickly():
    assert numbers_in("0-" * 50_000) == []
    assert numbers_in("IN " * 50_000) == []


@pytest.mark.django_db
def test_a_purchase_that_was_rolled_back_leaves_no_hole(ada, oak, fern, moss):
    buy(ada, oak)
    with transaction.atomic():
        assert buy(ada, fern).number == "IN010000000002"
        transaction.set_rollback(True)
    buy(ada, moss)
    assert list(Purchase.objects.order_by("id").values_list("number", flat=True)) == [
        "IN010000000001",
        "IN010000000002",
    ]


@pytest.mark.django_db
def test_invoices_and_credit_notes_count_apart(settings):
    with transaction.atomic():
        taken = [
            take_numbers(prefix, count) for prefix, count in (("IN", 1), ("CN", 1), ("IN", 2), ("CN", 1))
        ]
    assert taken == [
        ["IN010000000001"],
        ["CN010000000001"],
        ["IN010000000002", "IN010000000003"],
        ["CN010000000002"],
    ]
    assert dict(Series.objects.values_list("prefix", "last")) == {"IN": 3, "CN": 2}
