"""The shop as a customer sees it: shelves, confirmation, library, downloads, purchases."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import Receipt
from accounts.refusals import Busy, InProgress
from storefront import links
from storefront.documents import document_pdf
from storefront.models import Asset, AssetFile, Bundle, Download, Purchase, PurchaseItem
from storefront.services import frozen_items
from tests.world import asset, balance, bundle, buy, fetch, give

pytestmark = pytest.mark.django_db


def words(response):
    """What a reader sees, with its white space made plain."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).replace("&#x27;", "'").split())


def hidden(response, name):
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


@pytest.fixture
def at_desk(client, ada):
    """Ada's browser."""
    client.force_login(ada)
    return client


@pytest.fixture
def now():
    return timezone.now()


# --- The shop window --------------------------------------------------------------------------------------------


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


# --- Buying -------------------------------------------------------------------------------------------------------


def test_the_confirmation_shows_price_balance_and_what_is_left(at_desk, ada, forest):
    give(ada, 100)
    said = words(at_desk.get("/bundles/forest/buy/"))
    assert "Your balance 100 Price \N{MINUS SIGN}80 Balance after 20 credits" in said
    assert "Buy for 80 credits" in said
    assert "already own" not in said


def press(browser, address, page, **changes):
    fields = {"key": hidden(page, "key"), "credits": hidden(page, "credits"), **changes}
    return browser.post(address, {name: value for name, value in fields.items() if value is not None})


def test_one_press_buys_and_leads_to_the_purchase(at_desk, ada, forest):
    give(ada, 100)
    done = press(at_desk, "/bundles/forest/buy/", at_desk.get("/bundles/forest/buy/"))
    assert (done.status_code, done["Location"]) == (302, "/purchases/IN010000000001/?bought")
    said = words(at_desk.get(done["Location"]))
    assert "You bought Forest for 80 credits. Your balance is 20 credits." in said
    assert balance(ada) == 20


def test_pressing_twice_with_one_form_buys_once_and_leads_to_the_same_page(at_desk, ada, forest):
    give(ada, 200)
    page = at_desk.get("/bundles/forest/buy/")
    first = press(at_desk, "/bundles/forest/buy/", page)
    second = press(at_desk, "/bundles/forest/buy/", page)
    assert first["Location"] == second["Location"]
    assert (Purchase.objects.count(), balance(ada)) == (1, 120)


@pytest.mark.parametrize("refusal", [Busy, InProgress])
def test_a_store_that_is_busy_asks_to_press_again_with_the_same_key(
    at_desk, ada, forest, monkeypatch, refusal
):
    from doors.shop.views import buying

    def busy(**asked):
        raise refusal

    give(ada, 200)
    page = at_desk.get("/bundles/forest/buy/")
    monkeypatch.setattr(buying, "request_purchase", busy)
    told = press(at_desk, "/bundles/forest/buy/", page)
    assert (told.status_code, told["Retry-After"]) == (409, "1")
    assert str(refusal()) in words(told)
    assert hidden(told, "key") == hidden(page, "key")
    monkeypatch.undo()
    assert press(at_desk, "/bundles/forest/buy/", told).status_code == 302
    assert (Purchase.objects.count(), balance(ada)) == (1, 120)


def test_a_price_that_moved_is_shown_again_with_a_fresh_key(at_desk, ada, forest):
    give(ada, 200)
    page = at_desk.get("/bundles/forest/buy/")
    Bundle.objects.update(price=90)
    again = press(at_desk, "/bundles/forest/buy/", page)
    assert again.status_code == 409
    assert "The price is 90 credits now. Nothing was bought" in words(again)
    assert hidden(again, "key") != hidden(page, "key")
    assert press(at_desk, "/bundles/forest/buy/", again).status_code == 302
    assert balance(ada) == 110


def test_what_is_owned_is_told_and_buying_again_is_a_recorded_tick(at_desk, ada, oak):
    buy(ada, oak)
    give(ada, 100)
    page = at_desk.get("/assets/oak/buy/")
    assert "You already own this Oak trees, through IN010000000001" in words(page)
    refused = press(at_desk, "/assets/oak/buy/", page)
    assert refused.status_code == 409
    assert "You already own Oak trees. Nothing was bought" in words(refused)
    assert press(at_desk, "/assets/oak/buy/", refused, again="on").status_code == 302
    assert Purchase.objects.latest("id").allowed_duplicate


def test_a_bundle_says_how_much_of_it_is_owned(at_desk, ada, forest, oak):
    buy(ada, oak)
    give(ada, 100)
    page = at_desk.get("/bundles/forest/buy/")
    assert "You already own 1 of 4 Oak trees, through IN010000000001" in words(page)
    assert "buy it again" not in words(page)


def test_too_few_credits_are_told_before_anything_is_pressed(at_desk, ada, oak):
    give(ada, 39)
    page = at_desk.get("/assets/oak/buy/")
    assert "You would be short of 1 credit" in words(page)
    assert "You need 1 credit more" in words(page)
    assert 'name="key"' not in page.content.decode()
    forced = at_desk.post("/assets/oak/buy/", {"key": "k", "credits": "40"})
    assert forced.status_code == 409
    assert "costs 40 credits and you have 39" in words(forced)


def test_expired_credits_are_not_counted_as_balance(at_desk, ada, oak, now):
    give(ada, 40, expires_in=-1, now=now)
    assert "Your balance 0" in words(at_desk.get("/assets/oak/buy/"))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"key": "k"},
        {"credits": "40"},
        {"key": "k", "credits": "-1"},
        {"key": "k", "credits": "4e1"},
        {"key": "k", "credits": "99999999999999999999"},
        {"key": "k" * 256, "credits": "40"},
        {"key": "k\0", "credits": "40"},
    ],
)
def test_a_form_that_is_not_whole_buys_nothing(at_desk, ada, oak, fields):
    give(ada, 100)
    answer = at_desk.post("/assets/oak/buy/", fields)
    assert answer.status_code == 422
    assert "nothing was bought" in words(answer)
    assert (Purchase.objects.count(), Receipt.objects.count()) == (0, 0)


def test_nothing_is_assigned_that_the_form_does_not_ask(at_desk, ada, ben, oak):
    give(ada, 40)
    fields = {"key": "k", "credits": "40", "status": "refunded", "customer": ben.pk, "credits_spent": "1"}
    assert at_desk.post("/assets/oak/buy/", fields).status_code == 302
    purchase = Purchase.objects.get()
    assert (purchase.customer, purchase.status, purchase.credits_spent) == (ada, "completed", 40)


def test_a_free_asset_is_got_for_free(at_desk, ada, grove):
    asset("leaf", "Leaf", by=grove, price=0)
    page = at_desk.get("/assets/leaf/buy/")
    assert "Get it for free" in words(page)
    assert press(at_desk, "/assets/leaf/buy/", page).status_code == 302


# --- The library and downloads ---------------------------------------------------------------------------------


def test_the_library_lists_each_asset_once_with_all_its_purchases(at_desk, ada, forest, oak):
    buy(ada, forest, days_ago=3)
    buy(ada, oak, again=True)
    said = words(at_desk.get("/library/"))
    assert "Oak trees Grove Studio · 1 file IN010000000001 , IN010000000002" in said
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


# --- The file itself -----------------------------------------------------------------------------------------------


@pytest.fixture
def download(ada, oak, now):
    buy(ada, oak, now=now)
    made = fetch(ada, oak, at=now)
    made.file.content.save("oak.zip", ContentFile(bytes(range(100))))
    return made


def body(response):
    return b"".join(response.streaming_content)


def test_a_file_leaves_whole_as_an_attachment_nobody_runs(at_desk, download):
    answer = at_desk.get(f"/downloads/{links.token(download)}/")
    assert (answer.status_code, body(answer)) == (200, bytes(range(100)))
    assert answer["Content-Disposition"] == 'attachment; filename="oak.zip"'
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Length"] == "100"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("asked", "status", "given", "content_range"),
    [
        ("bytes=0-9", 206, (0, 10), "bytes 0-9/100"),
        ("bytes=90-", 206, (90, 100), "bytes 90-99/100"),
        ("bytes=90-500", 206, (90, 100), "bytes 90-99/100"),
        ("bytes=-5", 206, (95, 100), "bytes 95-99/100"),
        ("bytes=-500", 200, (0, 100), None),
        ("bytes=99-99", 206, (99, 100), "bytes 99-99/100"),
        ("bytes=0-", 200, (0, 100), None),
        ("bytes=5-2", 200, (0, 100), None),
        ("bytes=0-1,5-6", 200, (0, 100), None),
        ("bytes=-", 200, (0, 100), None),
        ("items=0-1", 200, (0, 100), None),
        ("bytes=٣-٤", 200, (0, 100), None),
        ("bytes=100-", 416, None, "bytes */100"),
        ("bytes=-0", 416, None, "bytes */100"),
        ("bytes=999999999999999999-", 416, None, "bytes */100"),
    ],
)
def test_a_part_of_a_file(at_desk, download, asked, status, given, content_range):
    answer = at_desk.get(f"/downloads/{links.token(download)}/", headers={"Range": asked})
    assert (answer.status_code, answer.get("Content-Range")) == (status, content_range)
    if given:
        assert body(answer) == bytes(range(100))[given[0] : given[1]]
        assert answer["Content-Length"] == str(given[1] - given[0])


def test_a_part_is_of_the_same_file_or_it_is_the_whole_one(at_desk, download):
    address = f"/downloads/{links.token(download)}/"
    whole = at_desk.get(address)
    assert len(body(whole)) == 100
    for tag, size in ((whole["ETag"], 10), ('"other"', 100)):
        assert len(body(at_desk.get(address, headers={"Range": "bytes=0-9", "If-Range": tag}))) == size


def test_a_link_works_without_a_session_but_not_in_somebody_elses(client, ben, download):
    address = f"/downloads/{links.token(download)}/"
    assert len(body(client.get(address))) == 100
    assert client.post(address).status_code == 405
    client.force_login(ben)
    assert client.get(address).status_code == 404


def test_a_link_that_ended_says_so_and_hands_out_nothing(at_desk, download, now, settings):
    address = f"/downloads/{links.token(download)}/"
    PurchaseItem.objects.update(revoked_at=now)
    ended = at_desk.get(address)
    assert ended.status_code == 410
    assert "Your access to Oak trees has ended" in words(ended)
    PurchaseItem.objects.update(revoked_at=None)
    settings.DOWNLOAD_LINK_MINUTES = -1
    late = at_desk.get(address)
    assert late.status_code == 410
    assert "This link is no longer good" in words(late)
    again = words(at_desk.get(f"/library/downloads/{download.pk}/"))
    assert "These links are no longer good" in again


def test_a_forged_link_is_a_404(client, download):
    assert client.get(f"/downloads/{links.token(download)}x/").status_code == 404
    assert client.get("/downloads/x/").status_code == 404


def test_a_placeholder_is_handed_out_where_a_file_has_no_content(at_desk, ada, fern, now):
    buy(ada, fern, now=now)
    address = f"/downloads/{links.token(fetch(ada, fern, at=now))}/"
    answer = at_desk.get(address)
    assert body(answer).startswith(b"PK")
    assert at_desk.head(address)["Content-Length"] == answer["Content-Length"]
    assert answer["Content-Disposition"] == 'attachment; filename="fern.zip"'


def test_an_empty_file_is_handed_out_empty(at_desk, ada, download):
    download.file.content.save("oak.zip", ContentFile(b""))
    address = f"/downloads/{links.token(download)}/"
    answer = at_desk.get(address)
    assert (answer.status_code, body(answer), answer["Content-Length"]) == (200, b"", "0")
    assert at_desk.get(address, headers={"Range": "bytes=0-"}).status_code == 416


# --- Purchases -------------------------------------------------------------------------------------------------------


def test_the_history_is_paged_by_key_and_shows_everything_once(at_desk, ada, grove):
    leaf = asset("leaf", "Leaf", by=grove, price=0)
    for number in range(120):
        buy(ada, leaf, again=True, days_ago=(number // 3) + 1)
    seen, address = [], "/purchases/"
    for _ in range(5):
        page = at_desk.get(address)
        seen += re.findall(r'class="number">(IN\d{12})', page.content.decode())
        older = re.search(r'rel="next" href="([^"]+)"', page.content.decode())
        if not older:
            break
        address = f"/purchases/{older[1].replace('&amp;', '&')}"
    expected = Purchase.objects.order_by("-created_at", "-id").values_list("number", flat=True)
    assert seen == list(expected)
    newer = re.search(r'rel="prev" href="([^"]+)"', page.content.decode())[1].replace("&amp;", "&")
    back = re.findall(r'class="number">(IN\d{12})', at_desk.get(f"/purchases/{newer}").content.decode())
    assert back == list(expected)[50:100]


@pytest.mark.parametrize(
    "wrong", ["?before=x", "?after=2026-01-01_1", "?before=_", "?before=2026-01-01T00:00:00Z_-1"]
)
def test_a_page_of_nowhere_is_the_newest(at_desk, ada, oak, wrong):
    buy(ada, oak)
    assert "Oak trees" in words(at_desk.get(f"/purchases/{wrong}"))


def test_no_purchases_yet(at_desk):
    assert "No purchases yet" in words(at_desk.get("/purchases/"))


def test_a_purchase_shows_its_id_items_downloads_and_story(at_desk, ada, sam, forest, oak, bark, now):
    from storefront.services import strike

    purchase = buy(ada, forest, days_ago=12, now=now)
    fetch(ada, oak, at=now - timedelta(days=11))
    along = fetch(ada, bark, at=now - timedelta(days=11), because_of=oak)
    strike(download=along, by=sam, why="The transfer broke off", now=now)
    said = words(at_desk.get(f"/purchases/{purchase.number}/"))
    for part in (
        "Purchase ID (invoice number) IN010000000001 Copy purchase ID",
        "Oak trees Grove Studio Downloaded 40 31",
        "Ferns Grove Studio Not downloaded 30 23",
        "Because Oak trees requires it Struck, does not count",
        "Oak trees version 1.0 You asked for it",
        "Download of Bark struck",
        "It no longer counts: The transfer broke off",
        "Invoice IN010000000001",
    ):
        assert part in said, part


def test_times_are_shown_in_the_readers_zone(at_desk, ada, oak):
    from datetime import UTC, datetime

    ada.time_zone = "Asia/Tokyo"
    ada.save()
    purchase = buy(ada, oak, now=datetime(2026, 3, 1, 20, 0, tzinfo=UTC))
    assert "Mon 2 Mar 2026, 05:00 JST" in words(at_desk.get(f"/purchases/{purchase.number}/"))


def test_the_invoice_is_the_document(at_desk, ada, oak):
    purchase = buy(ada, oak)
    answer = at_desk.get(f"/purchases/{purchase.number}/invoice.pdf")
    assert answer.content == document_pdf(purchase.number)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="IN010000000001.pdf"'
    assert at_desk.get("/purchases/in010000000001/invoice.pdf").status_code == 404


def test_a_pending_purchase_has_no_invoice_yet(at_desk, ada, oak):
    bought = buy(ada, oak)
    pending = Purchase.objects.create(
        number="IN990000000001", customer=ada, asset=oak, publisher=oak.publisher, title="Oak trees",
        credits_spent=0, status="pending", created_at=bought.created_at, terms=bought.terms, items_count=1,
    )  # fmt: skip
    PurchaseItem.objects.bulk_create(frozen_items(pending, [oak]))
    said = words(at_desk.get(f"/purchases/{pending.number}/"))
    assert "Pending" in said
    assert "The invoice comes when the purchase is completed." in said
    assert at_desk.get(f"/purchases/{pending.number}/invoice.pdf").status_code == 404


@pytest.mark.parametrize(("address", "most"), [("/purchases/", 8), ("/library/", 14), ("/", 9)])
def test_a_list_takes_the_same_statements_however_long_it_is(
    at_desk, ada, grove, address, most, django_assert_max_num_queries
):
    leaves = [asset(f"leaf-{number}", f"Leaf {number}", by=grove, price=1) for number in range(24)]
    for leaf in leaves:
        buy(ada, leaf)
    with django_assert_max_num_queries(most):
        at_desk.get(address)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_other_method_does_anything(at_desk, oak, method):
    for address in ("/", "/assets/oak/", "/assets/oak/buy/", "/library/", "/purchases/"):
        assert getattr(at_desk, method)(address).status_code == 405


def test_unsafe_requests_need_the_forms_token(ada, oak):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ada)
    give(ada, 40)
    assert strict.post("/assets/oak/buy/", {"key": "k", "credits": "40"}).status_code == 403
    assert strict.post("/library/oak/download/", {}).status_code == 403
    assert Purchase.objects.count() == 0
