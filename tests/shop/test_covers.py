import hashlib
from xml.etree import ElementTree as ET

import pytest

from doors.shop.drawing.covers import KIN, PALETTES, WORDS, _dice, _motif, cover_svg
from doors.shop.drawing.motifs import MOTIFS

SLUGS = [f"asset-{number}" for number in range(200)]


def test_a_cover_is_the_same_every_time_on_every_machine() -> None:
    cover_svg.cache_clear()
    first = cover_svg("oak-trees")
    cover_svg.cache_clear()
    assert cover_svg("oak-trees") == first
    assert (
        hashlib.sha256(first.encode()).hexdigest()
        == "4e72ee6a1c8e37b9b84276eec728085c8b62c199b09f0cf82917a64b156ee5e4"
    )


def test_two_hundred_assets_have_two_hundred_covers() -> None:
    assert len({cover_svg(slug) for slug in SLUGS}) == 200


def test_a_bundle_of_the_same_slug_looks_different() -> None:
    assert cover_svg("forest", "bundle") != cover_svg("forest", "asset")
    assert cover_svg("forest", "bundle").count("<svg") == 5


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_a_bundle_shows_up_to_four_of_the_things_that_it_holds(count: int) -> None:
    holds = ("oak", "fern", "moss", "bark", "twig")[:count]
    page = cover_svg("forest", "bundle", holds)
    assert page.count("<svg") == 1 + min(count, 4)
    for slug in holds[:4]:
        assert cover_svg(slug).split(">", 1)[1].removesuffix("</svg>") in page
    assert page == cover_svg("forest", "bundle", holds)


def test_all_palettes_and_all_motifs_are_drawn() -> None:
    pages = [cover_svg(slug) for slug in SLUGS]
    assert all(any(f'fill="{palette.ground}"' in page[:200] for page in pages) for palette in PALETTES)
    drawn = {name for name in MOTIFS for slug in SLUGS if _motif(slug, _dice(slug)) == name}
    assert drawn == set(MOTIFS)


def test_a_slug_that_says_what_is_inside_is_taken_at_its_word() -> None:
    assert set(WORDS) == set(MOTIFS)
    for slug, name in (("oak-trees", "forest"), ("old-stones", "stones"), ("star-map", "planets")):
        assert _motif(slug, _dice(slug)) in KIN.get(name, name).split()
    assert {motif for kin in KIN.values() for motif in kin.split()} <= set(MOTIFS)


@pytest.mark.parametrize("kind", ["asset", "bundle"])
@pytest.mark.parametrize(
    "slug", ["oak-trees", "a", "x" * 100, *[words.split()[0] for words in WORDS.values()]]
)
def test_every_cover_is_well_formed_and_carries_no_script(slug: str, kind: str) -> None:
    picture = ET.fromstring(cover_svg(slug, kind))  # noqa: S314 - it is our own drawing that is read.
    assert picture.get("viewBox") == "0 0 400 300"
    tags = {element.tag.rsplit("}", 1)[-1] for element in picture.iter()}
    assert tags <= {"svg", "rect", "path", "circle", "ellipse", "g"}
    assert len(cover_svg(slug, kind)) < 120_000
