"""The library, the page before a download, and what is nobody else's."""

import re

import pytest
from django.utils import timezone

from storefront import links
from storefront.models import AssetFile, Download, PurchaseItem
from tests.shop.reading import hidden, words
from tests.world import asset, bundle, buy, fetch

pytestmark = pytest.mark.django_db


def test_the_library_lists_each_asset_once_with_all_its_purchases(at_desk, ada, forest, oak):
    buy(ada, forest, days_ago=3)
    buy(ada, oak, again=True)
    said = words(at_desk.get("/library/"))
    assert "Oak trees Grove Studio · version 1.0 requires Bark IN010000000001 , IN010000000002" in said
    assert said.count("Oak trees Grove") == 1


def test_the_library_is_searched_and_paged(at_desk, ada, grove):
    leaves = [asset(f"leaf-{number:02}", f"Leaf {number:02}", by=grove, price=0) for number in range(30)]
    buy(ada, bundle("leaves", "Leaves", by=grove, price=0, holds=leaves))
    first = at_desk.get("/library/")
    more = re.search(r'rel="next" href="([^"]+)"', first.content.decode())[1].replace("&amp;", "&")
    second = words(at_desk.get(f"/library/{more}"))
    assert "Leaf 23" in words(first)
    assert "Leaf 24" not in words(first)
    assert "Leaf 24" in second
    assert "Leaf 29" in second
    assert "Leaf 23" not in second
    assert "Leaf 07" in words(at_desk.get("/library/?q=07"))
    assert "Nothing in your library fits that" in words(at_desk.get("/library/?q=%00x"))


def test_a_library_shows_nothing_of_others_and_nothing_that_ended(at_desk, ada, ben, oak, fern, now):
    buy(ben, oak)
    purchase = buy(ada, fern)
    PurchaseItem.objects.filter(purchase=purchase).update(revoked_at=now)
    assert "Your library is empty" in words(at_desk.get("/library/"))


def test_a_download_is_recorded_with_what_the_page_said_and_then_linked(at_desk, ada, forest, oak, bark):
    buy(ada, forest, now=timezone.now())
    page = at_desk.get("/library/oak/download/")
    assert "Bark Oak trees requires it" in words(page)
    assert Download.objects.count() == 0
    told = hidden(page, "told").replace("\n", "\r\n")  # as a browser sends it
    done = at_desk.post("/library/oak/download/", {"told": told, "along": ["bark"]})
    direct, along = Download.objects.order_by("id")
    assert done["Location"] == f"/library/downloads/{direct.pk}/"
    assert (direct.asset, direct.cause, along.asset, along.cause, along.via) == (
        oak,
        "direct",
        bark,
        "dependency",
        oak,
    )
    assert "Downloading Oak trees counts from the moment you press the button." in direct.told
    said = words(at_desk.get(done["Location"]))
    assert "Your files are ready" in said
    assert "bark.zip, because Oak trees requires it" in said


def test_an_unticked_dependency_stays_where_it_is(at_desk, ada, forest, oak):
    buy(ada, forest, now=timezone.now())
    at_desk.post("/library/oak/download/", {})
    assert [one.asset for one in Download.objects.all()] == [oak]


def test_what_a_page_said_cannot_be_put_into_its_mouth(at_desk, ada, forest, fern):
    buy(ada, forest, now=timezone.now())
    other = hidden(at_desk.get("/library/oak/download/"), "told")
    for told in ("it is free", other, ""):
        at_desk.post("/library/fern/download/", {"told": told})
    assert {one.told for one in Download.objects.all()} == {"No page was shown before this download."}


def test_another_version_can_be_chosen_and_another_assets_file_cannot(at_desk, ada, forest, oak, fern):
    buy(ada, forest, now=timezone.now())
    newer = AssetFile.objects.create(asset=oak, name="oak-2.zip", version="2.0", added_at=timezone.now())
    older = oak.files.get(version="1.0")
    assert "oak-2.zip, version 2.0" in words(at_desk.get("/library/oak/download/"))
    at_desk.post("/library/oak/download/", {"file": older.pk})
    at_desk.post("/library/oak/download/", {})
    assert list(Download.objects.order_by("id").values_list("file", flat=True)) == [older.pk, newer.pk]
    wrong = at_desk.post("/library/oak/download/", {"file": fern.files.get().pk})
    assert wrong.status_code == 422
    assert "Nothing was downloaded" in words(wrong)
    assert at_desk.post("/library/oak/download/", {"along": ["slate"]}).status_code == 422
    assert Download.objects.count() == 2


def test_somebody_elses_things_are_a_404_like_things_that_never_were(at_desk, ben, forest, oak):
    purchase = buy(ben, forest)
    download = fetch(ben, oak)
    pairs = [
        ("/library/oak/download/", "/library/never/download/"),
        (f"/library/downloads/{download.pk}/", "/library/downloads/999999/"),
        (f"/purchases/{purchase.number}/", "/purchases/IN019999999999/"),
        (f"/purchases/{purchase.number}/invoice.pdf", "/purchases/IN019999999999/invoice.pdf"),
        (f"/downloads/{links.token(download)}/", "/downloads/never/"),
    ]
    for theirs, never in pairs:
        answers = [at_desk.get(address) for address in (theirs, never)]
        assert [answer.status_code for answer in answers] == [404, 404], theirs
        assert answers[0].content == answers[1].content
    assert at_desk.post("/library/oak/download/", {}).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/library/",
        "/library/oak/download/",
        "/library/downloads/1/",
        "/purchases/",
        "/purchases/IN010000000001/",
    ],
)
def test_a_visitor_is_sent_to_sign_in(client, db, address):
    assert client.get(address)["Location"] == f"/sign-in/?next={address}"
