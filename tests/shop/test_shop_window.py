"""The shop window: shelves, filters, assets, bundles, publishers."""

import re

import pytest
from django.utils import timezone

from storefront.models import Asset, Bundle
from tests.shop.reading import words
from tests.world import asset

pytestmark = pytest.mark.django_db


def test_a_visitor_sees_what_is_for_sale_and_is_sent_to_sign_in_to_buy(client, forest):
    page = client.get("/")
    assert page.status_code == 200
    assert "Forest Grove Studio · bundle 80 credits" in words(page)
    bought = client.get("/bundles/forest/buy/")
    assert (bought.status_code, bought["Location"]) == (302, "/sign-in/?next=/bundles/forest/buy/")


def test_search_and_filters_are_an_address(client, forest, cliff):
    found = words(client.get("/?q=oak&sort=title&kind=asset"))
    assert "Oak trees" in found
    assert "Ferns" not in found
    assert "Nothing here fits that" in words(client.get("/?q=submarine"))


@pytest.mark.parametrize(
    "wrong",
    ["?price=-1", "?price=1e400", "?price=x", "?kind=car", "?publisher=nobody", "?q=%00", "?sort=-pk"],
)
def test_a_filter_that_is_none_is_said_and_harms_nothing(client, forest, wrong):
    assert client.get(f"/{wrong}").status_code == 422


def test_unknown_parameters_are_not_looked_at(client, forest):
    page = client.get("/?customer__password__startswith=a&after=nowhere")
    assert page.status_code == 200
    assert "Forest" in words(page)


def test_an_empty_store_says_so(client, db):
    assert "The shelves are empty" in words(client.get("/"))


def test_the_shelves_are_paged_and_keep_what_was_asked(client, grove):
    for number in range(30):
        asset(f"leaf-{number:02}", f"Leaf {number:02}", by=grove, price=number)
    first = client.get("/?sort=title&q=leaf")
    more = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    second = client.get(f"/{more}")
    assert "Leaf 23" in words(first)
    assert "Leaf 24" not in words(first)
    assert "Leaf 23" not in words(second)
    assert "Leaf 29" in words(second)
    assert "Back to the start" in words(second)


def test_a_bundle_shows_what_each_part_costs_alone_and_what_one_saves(client, forest):
    said = words(client.get("/bundles/forest/"))
    assert "Each alone, together 105 You save \N{MINUS SIGN}25 The bundle 80 credits" in said
    assert "4 assets in it" in said


def test_a_bundle_that_holds_a_withdrawn_asset_says_why_it_waits(client, forest, oak, now):
    Asset.objects.filter(pk=oak.pk).update(withdrawn_at=now)
    said = words(client.get("/bundles/forest/"))
    assert "Not for sale at the moment: Oak trees was withdrawn" in said
    assert "Buy for" not in said


def test_a_withdrawn_asset_stays_to_be_seen_but_not_to_be_bought(client, oak, now):
    Asset.objects.filter(pk=oak.pk).update(withdrawn_at=now)
    said = words(client.get("/assets/oak/"))
    assert "No longer for sale" in said
    assert "Buy for" not in said


def test_an_asset_shows_its_files_and_what_it_requires(client, oak):
    said = words(client.get("/assets/oak/"))
    assert "Bark required by Oak trees 15 credits" in said
    assert "oak.zip 1.0" in said


def test_a_publishers_page_holds_its_own_things(client, forest, cliff):
    said = words(client.get("/publishers/quarry/"))
    assert "Cliff" in said
    assert "Forest" not in said


def test_text_of_a_publisher_is_shown_as_text(client, grove):
    evil = "<script>alert(1)</script>"
    Asset.objects.filter(pk=asset("evil", evil, by=grove, price=1).pk).update(description=evil)
    Bundle.objects.create(
        slug="evils", title=evil, description=evil, publisher=grove, price=1, created_at=timezone.now()
    )
    for address in ("/", "/assets/evil/", "/bundles/evils/", "/publishers/grove/"):
        assert evil not in client.get(address).content.decode()


@pytest.mark.parametrize("address", ["/assets/no/", "/bundles/no/", "/publishers/no/", "/covers/asset/.svg"])
def test_what_is_not_there_is_a_404(client, db, address):
    assert client.get(address).status_code == 404
