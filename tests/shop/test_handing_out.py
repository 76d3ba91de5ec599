"""Handing a file out: whole, in part, over a link that ends."""

import pytest
from django.core.files.base import ContentFile

from storefront import links
from storefront.models import PurchaseItem
from tests.shop.reading import words
from tests.world import buy, fetch

pytestmark = pytest.mark.django_db


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
