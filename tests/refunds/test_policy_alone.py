"""The policy takes no facts that cannot be, and knows nothing but what it is asked."""

import ast
from dataclasses import FrozenInstanceError, replace
from datetime import datetime
from pathlib import Path

import pytest

from ground import instants, laws
from refunds import enums, policy, question
from refunds.policy import (
    Download,
    Item,
    PastRefund,
)
from storefront import enums as shop_enums
from storefront import windows
from tests.refunds.facts import (
    NOW,
    STANDARD,
    ask,
    asset,
    bundle,
)

# Questions that cannot be asked


def test_a_time_without_a_zone_is_refused():
    naive = datetime(2026, 11, 1, 9, 30)  # noqa: DTZ001 - the mistake under test
    with pytest.raises(ValueError, match="no time zone"):
        ask(asset(), now=naive)
    with pytest.raises(ValueError, match="no time zone"):
        asset(completed_at=naive)
    with pytest.raises(ValueError, match="no time zone"):
        Download(naive)
    with pytest.raises(ValueError, match="no time zone"):
        PastRefund("CN010000000007", naive, 40)


@pytest.mark.parametrize(
    "amount",
    [-1, 2**53, 2**63, 10**400, 1.0, float("nan"), float("inf"), "10", "1e3", "\uff17", True, False, None],
)
def test_an_amount_that_is_not_a_whole_number_of_credits_is_refused(amount):
    with pytest.raises(ValueError, match="whole number"):
        asset(credits_spent=amount)
    with pytest.raises(ValueError, match="whole number"):
        Item("oak", "Oak trees", amount)
    with pytest.raises(ValueError, match="whole number"):
        PastRefund("CN010000000007", NOW, amount)
    with pytest.raises(ValueError, match="whole number"):
        replace(STANDARD, window_days=amount)
    with pytest.raises(ValueError, match="whole number"):
        replace(STANDARD, bundle_percent=amount)


def test_the_largest_amount_there_is_comes_back_whole():
    most = 2**53 - 1
    assert ask(asset(price=most)).credits == most
    assert ask(bundle([most] * 4, downloaded=2, spent=most)).credits == 0


def test_more_than_a_hundred_percent_is_refused():
    with pytest.raises(ValueError, match="from 0 to 100"):
        replace(STANDARD, bundle_percent=101)


def test_a_purchase_has_items_and_each_of_them_once():
    oak, fern = Item("oak", "Oak trees", 30), Item("fern", "Ferns", 30)
    with pytest.raises(ValueError, match="at least one item"):
        bundle([])
    with pytest.raises(ValueError, match="exactly one"):
        asset(items=(oak, fern))
    with pytest.raises(ValueError, match="only one item"):
        bundle([], items=(oak, fern, oak))


def test_facts_and_answers_cannot_be_edited():
    with pytest.raises(FrozenInstanceError):
        asset().credits_spent = 1
    with pytest.raises(FrozenInstanceError):
        ask(asset()).credits = 1000


# What the policy may know of the world


@pytest.mark.parametrize("module", [policy, question, instants, laws, windows])
def test_the_policy_knows_no_framework_and_reads_no_clock(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= {
        "__future__",
        "collections.abc",
        "dataclasses",
        "datetime",
        "enum",
        "ground.instants",
        "ground.laws",
        "refunds.question",
        "storefront.enums",
        "storefront.windows",
        "typing",
    }
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"now", "utcnow", "today", "objects"}


@pytest.mark.parametrize("module", [enums, shop_enums])
def test_the_codes_that_the_policy_uses_know_no_model_and_no_query(module):
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    imported = {
        (node.module, alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imported == {("django.db.models", "TextChoices"), ("django.utils.translation", "gettext_lazy")}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import)]
