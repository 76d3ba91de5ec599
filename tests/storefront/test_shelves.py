"""The shop window: searched, filtered, sorted, and paged without losing or repeating anything."""

import pytest

from storefront.models import Asset
from storefront.places import place, token
from storefront.shelves import SORTS, Search, categories, look_for
from tests.world import NOW, asset, bundle

pytestmark = pytest.mark.django_db


def titles(shelf):
    return [good.title for good in shelf.goods]


def test_assets_and_bundles_stand_side_by_side(forest, cliff):
    found = look_for(Search(sort="title"))
    assert titles(found) == ["Bark", "Cliff", "Ferns", "Forest", "Moss", "Oak trees", "Slate"]
    assert found.after == ""


def test_what_was_withdrawn_is_not_there(forest, cliff, oak):
    Asset.objects.filter(pk=oak.pk).update(withdrawn_at=NOW)
    type(forest).objects.filter(pk=forest.pk).update(withdrawn_at=NOW)
    assert not {"Oak trees", "Forest"} & set(titles(look_for(Search())))


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({"words": "oak"}, ["Oak trees"]),
        ({"words": "QUARRY"}, ["Cliff", "Slate"]),
        ({"words": "grove fore"}, ["Forest"]),
        ({"words": "oak stone"}, []),
        ({"words": "100%"}, []),
        ({"kind": "bundle"}, ["Cliff", "Forest"]),
        ({"kind": "asset", "words": "o"}, ["Bark", "Ferns", "Moss", "Oak trees", "Slate"]),
        ({"at_most": 20}, ["Bark", "Moss"]),
        ({"at_most": 0}, []),
        ({"category": "textures"}, ["Slate"]),
        ({"category": "textures", "kind": "bundle"}, []),
    ],
)
def test_filters_narrow_what_is_shown(forest, cliff, slate, search, found):
    Asset.objects.filter(pk=slate.pk).update(category="textures")
    assert titles(look_for(Search(sort="title", **search))) == found


def test_a_publishers_shelf_holds_its_own(forest, cliff, quarry):
    assert titles(look_for(Search(publisher=quarry, sort="title"))) == ["Cliff", "Slate"]


def test_prices_go_up_and_down(forest, cliff):
    assert titles(look_for(Search(sort="cheap")))[:3] == ["Bark", "Moss", "Slate"]
    assert titles(look_for(Search(sort="dear")))[:2] == ["Forest", "Oak trees"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_paging_shows_everything_once_in_one_order(grove, forest, cliff, sort, size):
    """Equal prices, equal instants, equal titles, in both tables."""
    for number in range(6):
        asset(f"twin-{number}", ["Oak trees", "ferns", "Élan"][number % 3], by=grove, price=20)
        bundle(f"pair-{number}", "Oak trees", by=grove, price=20, holds=[])
    whole = look_for(Search(sort=sort), size=100)
    walked, after = [], ""
    for _ in range(50):
        shelf = look_for(Search(sort=sort), after=after, size=size)
        walked += shelf.goods
        after = shelf.after
        if not after:
            break
    assert [(good.kind, good.pk) for good in walked] == [(good.kind, good.pk) for good in whole.goods]
    assert len(walked) == 19


@pytest.mark.parametrize(
    "wrong",
    [
        "x",
        "%00",
        token("2026", "asset", 1),
        token(1, "asset", 1),
        token("a", "b"),
        "é",
        "W" * 5000,
        "null",
        token(),
    ],
)
def test_a_page_of_nowhere_is_the_first(forest, wrong):
    assert titles(look_for(Search(), after=wrong)) == titles(look_for(Search()))


def test_a_key_is_trusted_for_nothing():
    assert place(token("a", 7), str, int) == ["a", 7]
    for wrong in (token("a", True), token("a\0", 7), token("a", 2**63), token("a", 7, 7), token(7, "a")):
        assert place(wrong, str, int) is None


def test_a_page_takes_three_statements(forest, cliff, django_assert_num_queries):
    with django_assert_num_queries(3):
        look_for(Search(words="o"))


def test_categories_are_those_of_what_is_for_sale(oak, bark):
    Asset.objects.filter(pk=oak.pk).update(category="models")
    Asset.objects.filter(pk=bark.pk).update(category="textures", withdrawn_at=NOW)
    assert categories() == ["models"]
