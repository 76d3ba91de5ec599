"""Facts and decisions as JSON: the promised shape, and nothing lost on the way there and back."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from credits.chain import canonical
from ground.instants import rfc3339
from refunds.policy import Cause, Download, Facts, Item, Kind, Restore, Status, Terms, decide
from refunds.serial import decision_from_json, decision_to_json, facts_from_json, facts_to_json
from tests.refunds.made_up import questions

TERMS = Terms("2025-08", datetime(1970, 1, 1, tzinfo=UTC), 30, 50)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def forest(*, oak_downloads=(), **changes):
    facts = Facts(
        requester=1,
        owner=1,
        invoice="IN990000000001",
        kind=Kind.BUNDLE,
        title="Forest",
        status=Status.COMPLETED,
        completed_at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
        credits_spent=100,
        items=(Item("oak", "Oak trees", 30, tuple(oak_downloads)), Item("fern", "Ferns", 90)),
    )
    return replace(facts, **changes)


def test_a_decision_has_exactly_the_promised_shape_and_order():
    fetched = Download(datetime(2026, 11, 2, 10, 0, tzinfo=UTC))
    decision = decide(forest(oak_downloads=[fetched]), terms=TERMS, now=NOW)
    told = decision_to_json(replace(decision, restores=(Restore(12, "paid", 70, None),)))
    assert json.dumps(told) == json.dumps(
        {
            "eligible": True,
            "credits": 70,
            "credits_spent": 100,
            "reasons": [],
            "items": [
                {
                    "asset": "oak",
                    "title": "Oak trees",
                    "original_price": 30,
                    "downloaded": True,
                    "downloads": [
                        {"at": "2026-11-02T10:00:00Z", "cause": "direct", "via": None, "struck": False}
                    ],
                    "after_refund": "kept",
                },
                {
                    "asset": "fern",
                    "title": "Ferns",
                    "original_price": 90,
                    "downloaded": False,
                    "downloads": [],
                    "after_refund": "revoked",
                },
            ],
            "deductions": [{"asset": "oak", "credits": 30}],
            "restores": [{"lot": 12, "kind": "paid", "credits": 70, "expires_at": None}],
            "refundable_until": "2026-12-01T09:30:00Z",
            "decided_at": "2026-11-21T12:00:00Z",
            "terms": {"version": "2025-08", "window_days": 30, "bundle_percent": 50},
        }
    )


def test_a_reason_has_code_message_and_evidence():
    along = Download(datetime(2026, 11, 2, 10, 0, tzinfo=UTC), Cause.DEPENDENCY, "oak", via_title="Oak trees")
    bark = forest(kind=Kind.ASSET, title="Bark", items=(Item("bark", "Bark", 15, (along,)),))
    told = decision_to_json(decide(bark, terms=TERMS, now=NOW))
    assert told["reasons"] == [
        {
            "code": "asset_downloaded",
            "message": "Bark was downloaded on 2 Nov 2026, 10:00 UTC, because Oak trees requires it. "
            "A single asset can be refunded only as long as it was never downloaded.",
            "evidence": {
                "downloads": [
                    {
                        "asset": "bark",
                        "title": "Bark",
                        "at": "2026-11-02T10:00:00Z",
                        "cause": "dependency",
                        "via": "oak",
                        "via_title": "Oak trees",
                    }
                ]
            },
        }
    ]
    assert list(told["reasons"][0]) == ["code", "message", "evidence"]
    assert told["items"][0]["after_refund"] is None
    assert (told["credits"], told["deductions"], told["restores"]) == (0, [], [])


def test_a_purchase_that_never_completed_has_no_deadline():
    told = decision_to_json(decide(forest(status=Status.PENDING, completed_at=None), terms=TERMS, now=NOW))
    assert told["refundable_until"] is None


@given(questions())
def test_stored_facts_read_back_are_the_facts(question):
    facts, _, _ = question
    stored = json.dumps(facts_to_json(facts))
    assert facts_from_json(json.loads(stored)) == facts


@given(questions())
def test_deciding_on_stored_facts_gives_the_stored_decision(question):
    facts, terms, now = question
    stored_facts = canonical(facts_to_json(facts))
    stored_decision = canonical(decision_to_json(decide(facts, terms=terms, now=now)))
    again = decide(facts_from_json(json.loads(stored_facts)), terms=terms, now=now)
    assert canonical(decision_to_json(again)) == stored_decision


@given(questions(), st.lists(st.builds(Restore, st.integers(1), st.just("promo"), st.integers(0), st.none())))
def test_a_stored_decision_read_back_says_the_same(question, restores):
    facts, terms, now = question
    stored = decision_to_json(replace(decide(facts, terms=terms, now=now), restores=tuple(restores)))
    assert decision_to_json(decision_from_json(json.loads(json.dumps(stored)))) == stored


def test_a_lot_that_expires_keeps_its_instant():
    expires = datetime(2027, 1, 1, 0, 0, 0, 5, tzinfo=UTC)
    decision = replace(decide(forest(), terms=TERMS, now=NOW), restores=(Restore(3, "promo", 100, expires),))
    stored = decision_to_json(decision)
    assert stored["restores"] == [
        {"lot": 3, "kind": "promo", "credits": 100, "expires_at": "2027-01-01T00:00:00.000005Z"}
    ]
    assert decision_from_json(stored).restores == decision.restores


def test_times_are_written_in_utc_with_microseconds_only_where_there_are_some():
    berlin = timezone(timedelta(hours=1))
    assert rfc3339(datetime(2026, 11, 21, 13, 0, tzinfo=berlin)) == "2026-11-21T12:00:00Z"
    assert rfc3339(datetime(2026, 11, 21, 12, 0, 0, 1, tzinfo=UTC)) == "2026-11-21T12:00:00.000001Z"
    assert rfc3339(datetime(2026, 11, 21, 12, 0, 0, 500000, tzinfo=UTC)) == "2026-11-21T12:00:00.500000Z"


def test_one_value_has_one_canonical_text():
    assert canonical({"b": [1, None, True], "a": "Bäume 🌲"}) == '{"a":"Bäume 🌲","b":[1,null,true]}'
    assert canonical({"a": 1, "b": 2}) == canonical({"b": 2, "a": 1})
