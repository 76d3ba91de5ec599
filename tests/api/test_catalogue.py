"""The catalogue, which needs no key."""

from storefront.models import Asset, Bundle
from tests.api.conftest import Machine
from tests.world import NOW, bundle


def test_anybody_reads_an_asset(stranger: Machine, oak: Asset) -> None:
    file = oak.files.get()
    assert stranger.get("assets/oak/").body == {
        "slug": "oak",
        "title": "Oak trees",
        "publisher": "grove",
        "price": 40,
        "description": "",
        "category": "",
        "for_sale": True,
        "requires": ["bark"],
        "files": [{"id": file.pk, "name": "oak.zip", "version": "1.0", "quality": "", "bytes": 64}],
    }
    assert stranger.get("assets/elm/").status == 404


def test_what_was_withdrawn_is_read_but_not_listed(stranger: Machine, oak: Asset, fern: Asset) -> None:
    Asset.objects.filter(pk=fern.pk).update(withdrawn_at=NOW)
    assert [one["slug"] for one in stranger.get("assets/").body["results"]] == ["bark", "oak"]
    assert stranger.get("assets/fern/").body["for_sale"] is False


def test_a_bundle_is_shown_as_it_would_be_bought(
    stranger: Machine, forest: Bundle, oak: Asset, slate: Asset
) -> None:
    bundle("world", "World", by=forest.publisher, price=90, holds=[forest, slate, oak])
    told = stranger.get("bundles/world/").body
    assert (told["price"], told["for_sale"]) == (90, True)
    assert [one["asset"] for one in told["assets"]] == ["oak", "fern", "moss", "bark", "slate"]
    assert told["assets"][4] == {"asset": "slate", "title": "Slate", "publisher": "quarry", "price": 25}
    assert [one["slug"] for one in stranger.get("bundles/").body["results"]] == ["forest", "world"]


def test_the_shelf_is_filtered_by_title_publisher_and_category(
    stranger: Machine, forest: Bundle, slate: Asset
) -> None:
    def found(query: str) -> list[str]:
        return [one["slug"] for one in stranger.get(f"assets/?{query}").body["results"]]

    assert found("q=oak%20tree") == ["oak"]
    assert found("publisher=quarry") == ["slate"]
    assert found("category=models") == []
    assert stranger.get("assets/?price=40").status == 400
    assert stranger.get("bundles/?category=models").status == 400


def test_a_cursor_that_no_list_gave_is_a_400(stranger: Machine, forest: Bundle) -> None:
    for path in ("assets", "bundles"):
        told = stranger.get(f"{path}/?cursor=cD0lMDA%3D")  # p=%00: no row stands at a title with a NUL
        assert (told.status, told.body["errors"][0]["code"]) == (400, "invalid_cursor")
