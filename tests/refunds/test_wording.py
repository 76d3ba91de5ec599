"""The words: every code has some, and they carry the evidence."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given

from refunds import wording
from refunds.enums import Basis, Grounds, Side, State
from refunds.policy import (
    Cause,
    Download,
    Facts,
    Item,
    Kind,
    PastRefund,
    Reason,
    ReasonCode,
    Status,
    Terms,
    decide,
)
from tests.refunds.made_up import questions

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TERMS = Terms("2025-08", None, 30, 50)
FETCHED = Download(datetime(2026, 11, 2, 10, 0, tzinfo=UTC))
ALONG = replace(FETCHED, cause=Cause.DEPENDENCY, via="oak", via_title="Oak trees")


def bark(*downloads, **changes):
    facts = Facts(
        requester=1,
        owner=1,
        invoice="IN010000000001",
        kind=Kind.ASSET,
        title="Bark",
        status=Status.COMPLETED,
        completed_at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        credits_spent=15,
        items=(Item("bark", "Bark", 15, downloads),),
    )
    return replace(facts, **changes)


def said(facts, *, now=NOW, when=wording.IN_UTC):
    """The words of the first reason against it."""
    return wording.words(decide(facts, terms=TERMS, now=now).reasons[0], when=when)


def test_an_automatic_download_is_named_with_when_and_why():
    words = said(bark(ALONG))
    assert words.title == "This asset was downloaded"
    assert words.explanation == (
        "Bark was downloaded on 2 Nov 2026, 10:00 UTC, because Oak trees requires it. "
        "A single asset can be refunded only as long as it was never downloaded."
    )
    assert words.details == ("Bark was downloaded on 2 Nov 2026, 10:00 UTC, because Oak trees requires it.",)
    assert words.grounds == "never_downloaded"


def test_the_reader_sees_times_in_their_own_zone():
    words = said(bark(FETCHED), when=wording.in_zone(ZoneInfo("Europe/Berlin")))
    assert words.explanation.startswith("Bark was downloaded on 2 Nov 2026, 11:00 CET.")


def test_repeated_downloads_are_counted_not_repeated():
    assert said(bark(ALONG, FETCHED)).explanation.startswith(
        "Bark was downloaded on 2 Nov 2026, 10:00 UTC, because Oak trees requires it, and 1 more time after that."
    )
    assert ", and 2 more times after that." in said(bark(FETCHED, FETCHED, FETCHED)).explanation
    assert len(said(bark(FETCHED, FETCHED, FETCHED)).details) == 3


def test_a_requiring_asset_without_a_title_is_named_by_what_is_known():
    assert "because oak requires it" in said(bark(replace(ALONG, via_title=None))).explanation
    assert (
        "because another asset requires it"
        in said(bark(replace(ALONG, via=None, via_title=None))).explanation
    )


def test_a_closed_window_names_both_ends():
    words = said(bark(), now=datetime(2026, 12, 1, 9, 31, tzinfo=UTC))
    assert words.explanation == (
        "It was completed on 1 Nov 2026, 09:30 UTC and could be refunded for 30 days, until 1 Dec 2026, 09:30 UTC."
    )
    assert words.grounds == "out_of_window"


def bundle(size, downloaded, *, download=FETCHED):
    items = tuple(
        Item(f"a{place}", f"Asset {place}", 5, (download,) if place < downloaded else ())
        for place in range(size)
    )
    return bark(kind=Kind.BUNDLE, items=items)


@pytest.mark.parametrize(
    ("size", "downloaded", "explanation"),
    [
        (
            10,
            6,
            "Of the 10 items in this bundle, 6 were downloaded. It can be refunded while at most 5 are (50 %).",
        ),
        (
            3,
            2,
            "Of the 3 items in this bundle, 2 were downloaded. It can be refunded while at most 1 is (50 %).",
        ),
        (1, 1, "Of the 1 item in this bundle, 1 was downloaded. It can be refunded while none is (50 %)."),
    ],
)
def test_a_bundle_over_the_limit_gives_its_numbers(size, downloaded, explanation):
    words = said(bundle(size, downloaded))
    assert words.explanation == explanation
    assert len(words.details) == downloaded


def test_a_bundle_over_the_limit_names_what_came_along_by_itself():
    assert said(bundle(3, 2, download=ALONG)).explanation.endswith(
        " They include Asset 0, because Oak trees requires it; Asset 1, because Oak trees requires it."
    )
    assert said(bundle(9, 9, download=ALONG)).explanation.endswith("; and 6 more items.")


def test_a_refunded_purchase_says_how_much_came_back_and_when():
    past = PastRefund("CN010000000007", datetime(2026, 11, 5, 8, 0, tzinfo=UTC), 15)
    assert said(bark(status=Status.REFUNDED, refund=past)).explanation == (
        "15 credits came back to you on 5 Nov 2026, 08:00 UTC (credit note CN010000000007). "
        "A purchase can be refunded once."
    )
    one = replace(past, credits=1)
    assert said(bark(status=Status.REFUNDED, refund=one)).explanation.startswith("1 credit came back to you")
    assert said(bark(status=Status.REFUNDED)).explanation == (
        "It was refunded before. A purchase can be refunded once."
    )


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (Status.PENDING, "This purchase is not completed yet"),
        (Status.CANCELLED, "This purchase was cancelled"),
        (Status.CHARGED_BACK, "The payment for this purchase was charged back"),
    ],
)
def test_each_status_that_is_not_completed_has_its_own_words(status, title):
    assert said(bark(status=status, completed_at=None)).title == title


def test_a_purchase_of_tomorrow_names_the_instant():
    tomorrow = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert "from 22 Nov 2026, 08:00 UTC on" in said(bark(completed_at=tomorrow)).explanation


def test_a_lost_record_of_downloads_leads_to_a_person():
    words = said(bark(download_log=False))
    assert words.title == "Nobody knows what was downloaded"
    assert words.grounds == "other"


@pytest.mark.parametrize("code", ReasonCode)
def test_every_reason_has_a_title_an_explanation_and_a_way_on(code):
    table = wording.REASONS[code]
    assert all([table.title, table.explanation, table.next_step])


def test_every_code_that_is_stored_has_words():
    for codes in (Basis, Grounds, State, Side, Status, Cause):
        assert all(str(code.label).strip() for code in codes)
    assert {words.grounds for words in wording.REASONS.values()} - {None} <= set(Grounds)


def test_no_sentence_shouts_and_every_sentence_ends():
    for words in wording.REASONS.values():
        assert not words.title.endswith(".")
        assert callable(words.explanation) or words.explanation.endswith(".")
        assert words.next_step.endswith(".")
    said_anywhere = [
        *(
            text
            for words in wording.REASONS.values()
            for text in (words.title, words.explanation, words.next_step)
            if not callable(text)
        ),
        *(code.label for codes in (Basis, Grounds, State) for code in codes),
    ]
    assert not [text for text in said_anywhere if "!" in text]


@given(questions())
def test_no_blank_is_ever_left_open(question):
    facts, terms, now = question
    for reason in decide(replace(facts, title="x"), terms=terms, now=now).reasons:
        text = wording.words(Reason(reason.code, reason.evidence))
        assert text.explanation.endswith(".")
        assert not text.explanation.endswith(" .")
        assert wording.message(reason) == text.explanation


def test_a_title_with_braces_is_only_a_title():
    odd = bark(items=(Item("bark", "{refunded} {0} %s", 15, (FETCHED,)),))
    assert said(odd).explanation.startswith("{refunded} {0} %s was downloaded on")
