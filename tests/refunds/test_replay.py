"""Stored decisions taken again: silent while the policy is what it was, and loud by name when it is not."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command

from credits.chain import canonical
from refunds.facts import gather
from refunds.models import Denial, Refund
from refunds.policy import Restore, decide
from refunds.replay import replay
from refunds.serial import decision_to_json, facts_to_json
from tests import world
from tests.world import NOW

pytestmark = pytest.mark.django_db


def judged(purchase):
    found = gather(purchase, purchase.customer)
    return found.facts, decide(found.facts, terms=found.terms, now=NOW)


def denied(purchase, *, facts=None, decision=None):
    told, answer = judged(purchase)
    return Denial.objects.create(
        purchase=purchase,
        customer=purchase.customer,
        facts=facts or canonical(facts_to_json(told)),
        decision=decision or canonical(decision_to_json(answer)),
        requested_by=purchase.customer,
        door="page",
        at=NOW,
    )


def refunded(purchase, *, basis="policy", **changes):
    told, answer = judged(purchase)
    answer = replace(answer, restores=(Restore(1, "paid", answer.credits, None),))
    return Refund.objects.create(
        **{
            "purchase": purchase,
            "customer": purchase.customer,
            "credits": answer.credits,
            "basis": basis,
            "full": answer.full,
            "facts": canonical(facts_to_json(told)),
            "decision": canonical(decision_to_json(answer)),
            "requested_by": purchase.customer,
            "door": "page",
            "at": NOW,
            "digest": "",
        }
        | changes
    )


def differences():
    return [(each.invoice, each.kind, each.field) for found in replay() for each in found]


def run(*arguments):
    """What the command said, and whether it was content."""
    said = StringIO()
    try:
        call_command("replay_decisions", *arguments, stdout=said)
    except SystemExit as ended:
        return said.getvalue(), ended.code
    return said.getvalue(), 0


def test_what_was_decided_would_be_decided_again(ada, ben, forest, oak, fern):
    refunded(world.buy(ada, forest, days_ago=3, downloaded=[fern]))
    denied(world.buy(ben, oak, days_ago=31))
    denied(world.buy(ben, fern, days_ago=3, downloaded=[fern]))
    assert differences() == []
    assert run() == ("3 decisions taken again, 0 different.\n", 0)


def test_an_empty_store_is_content(db):
    assert run() == ("0 decisions taken again, 0 different.\n", 0)


def test_other_words_are_no_difference(ada, oak):
    purchase = world.buy(ada, oak, days_ago=31)
    decision = decision_to_json(judged(purchase)[1])
    decision["reasons"][0]["message"] = "Too late, said the store of old."
    denied(purchase, decision=canonical(decision))
    assert differences() == []


def test_a_changed_amount_is_named(ada, forest, fern):
    purchase = world.buy(ada, forest, days_ago=3, downloaded=[fern])
    decision = decision_to_json(judged(purchase)[1]) | {"credits": 51}
    refunded(purchase, credits=51, decision=canonical(decision))
    assert differences() == [(purchase.number, "refund", "credits"), (purchase.number, "refund", "refunded")]
    said, code = run()
    assert code == 1
    assert said.splitlines()[0] == "1 decision taken again, 1 different."
    assert f"{purchase.number} (refund 1) credits: stored 51, today 50" in said.replace(
        f"refund {Refund.objects.get().pk}", "refund 1"
    )


def test_changed_facts_change_the_decision(ada, oak):
    purchase = world.buy(ada, oak, days_ago=31)
    facts = facts_to_json(judged(purchase)[0]) | {"completed_at": "2026-11-20T00:00:00Z"}
    denied(purchase, facts=canonical(facts))
    assert {field for _, _, field in differences()} == {
        "eligible",
        "credits",
        "reasons",
        "items",
        "refundable_until",
    }


def test_terms_that_are_gone_or_were_changed_are_named(ada, ben, oak):
    first, second = world.buy(ada, oak, days_ago=31), world.buy(ben, oak, days_ago=31)
    gone = decision_to_json(judged(first)[1])
    gone["terms"]["version"] = "never published"
    denied(first, decision=canonical(gone))
    changed = decision_to_json(judged(second)[1])
    changed["terms"]["window_days"] = 29
    denied(second, decision=canonical(changed))
    assert differences() == [(first.number, "denial", "terms"), (second.number, "denial", "terms")]


def test_what_people_decided_may_be_more_than_the_policy_gives(ada, oak):
    refunded(world.buy(ada, oak, days_ago=31), basis="goodwill", credits=40)
    assert differences() == []


@pytest.mark.parametrize("broken", ["{}", "[]", "not json", '{"terms": 1}'])
def test_what_cannot_be_read_is_a_difference_and_not_a_crash(ada, oak, broken):
    purchase = world.buy(ada, oak, days_ago=31)
    denied(purchase, decision=broken)
    assert differences() == [(purchase.number, "denial", "stored")]


def test_the_command_answers_machines(ada, oak):
    purchase = world.buy(ada, oak, days_ago=31)
    row = denied(purchase, decision=canonical(decision_to_json(judged(purchase)[1]) | {"credits": 7}))
    said, code = run("--json")
    assert code == 1
    assert json.loads(said) == {
        "replayed": 1,
        "different": 1,
        "differences": [
            {
                "invoice": purchase.number,
                "kind": "denial",
                "row": row.pk,
                "field": "credits",
                "stored": 7,
                "today": 0,
            }
        ],
    }
