"""What requires what, and what holds what: each once, and never in a ring."""

import pytest

from storefront.contents import contents, holds_itself
from storefront.dependencies import owned_dependencies, requirements, ring_of_assets
from storefront.models import BundlePart
from tests.world import NOW, asset, bundle, buy

pytestmark = pytest.mark.django_db


def pairs(wanted):
    return [(one.asset.slug, one.via.slug) for one in wanted]


@pytest.fixture
def grown(grove, oak, bark):
    """Grove requires oak and fern; both require bark; bark requires soil."""
    soil = asset("soil", "Soil", by=grove, price=5)
    bark.requires.add(soil)
    fern = asset("fern", "Ferns", by=grove, price=30, requires=[bark])
    return asset("wood", "Wood", by=grove, price=90, requires=[oak, fern])


def test_requirements_are_transitive_each_once_with_what_directly_requires_it(grown):
    assert pairs(requirements(grown)) == [
        ("fern", "wood"),
        ("oak", "wood"),
        ("bark", "fern"),
        ("soil", "bark"),
    ]


def test_only_what_the_customer_owns_comes_along(ada, ben, grown, oak):
    soil = requirements(grown)[-1].asset
    buy(ada, grown)
    buy(ada, oak)
    buy(ada, soil)
    assert pairs(owned_dependencies(ada, grown, NOW)) == [("oak", "wood"), ("soil", "bark")]
    assert owned_dependencies(ben, grown, NOW) == []


def test_statements_grow_with_the_height_of_the_tree_not_with_its_width(
    grove, oak, grown, django_assert_num_queries
):
    with django_assert_num_queries(4):
        requirements(grown)
    grown.requires.add(
        *(asset(f"leaf-{number}", f"Leaf {number}", by=grove, price=1) for number in range(50))
    )
    with django_assert_num_queries(4):
        assert len(requirements(grown)) == 54


def test_a_ring_that_was_tied_all_the_same_ends(oak, bark):
    bark.requires.add(oak)
    oak.requires.add(oak)
    assert pairs(requirements(oak)) == [("bark", "oak")]


def test_a_ring_is_named_before_it_is_tied(grown, oak, bark, moss):
    assert [one.slug for one in ring_of_assets(bark, [oak])] == ["bark", "oak", "bark"]
    assert [one.slug for one in ring_of_assets(bark, [moss, grown])] == ["bark", "wood", "fern", "bark"]
    assert [one.slug for one in ring_of_assets(oak, [oak])] == ["oak", "oak"]
    assert ring_of_assets(oak, [bark, moss]) == []


def test_a_bundle_may_not_hold_itself_through_others(grove, forest, oak):
    outer = bundle("outer", "Outer", by=grove, price=100, holds=[forest])
    outermost = bundle("outermost", "Outermost", by=grove, price=200, holds=[outer])
    assert holds_itself(forest, [outermost])
    assert holds_itself(forest, [forest])
    assert not holds_itself(outermost, [forest])


def test_a_bundle_that_holds_itself_all_the_same_is_opened_once(grove, forest):
    outer = bundle("outer", "Outer", by=grove, price=100, holds=[forest])
    BundlePart.objects.create(bundle=forest, inner=outer, position=9)
    assert [one.slug for one in contents(forest)] == ["oak", "fern", "moss", "bark"]


def test_contents_take_one_statement_a_level(grove, forest, django_assert_num_queries):
    outer = bundle("outer", "Outer", by=grove, price=100, holds=[forest])
    with django_assert_num_queries(2):
        assert [one.publisher.name for one in contents(outer)] == ["Grove Studio"] * 4
