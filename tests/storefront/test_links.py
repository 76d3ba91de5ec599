"""Links and files: for one download and its customer, for minutes, asked anew when used."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.signing import Signer

from storefront import links
from storefront.files import open_file, placeholder, safe_name
from storefront.links import AccessEnded, LinkEnded, follow
from storefront.models import Purchase, PurchaseItem
from storefront.services import strike_within
from tests.world import NOW, buy, fetch

pytestmark = pytest.mark.django_db


@pytest.fixture
def download(ada, forest, oak):
    buy(ada, forest)
    return fetch(ada, oak)


def test_a_link_leads_to_its_download_until_its_last_instant(download, settings):
    settings.DOWNLOAD_LINK_MINUTES = 10
    token = links.token(download)
    assert follow(token, now=NOW + timedelta(minutes=10)) == download
    with pytest.raises(LinkEnded, match="10 minutes"):
        follow(token, now=NOW + timedelta(minutes=10, microseconds=1))


def test_a_link_that_was_touched_leads_nowhere(download, ben):
    token = links.token(download)
    forged = Signer(salt="storefront.download", key="guessed").sign(f"{download.pk}-{ben.pk}")
    for wrong in (
        token[:-1],
        token + "a",
        token.replace("-", "-9"),
        forged,
        "",
        "1-1",
        "x",
        "\0",
        f"{download.pk}",
    ):
        assert follow(wrong, now=NOW) is None
    assert follow(Signer(salt="other").sign(f"{download.pk}-{download.customer_id}"), now=NOW) is None


def test_a_link_names_its_customer(download, ben):
    stolen = Signer(salt="storefront.download").sign(f"{download.pk}-{ben.pk}")
    assert follow(stolen, now=NOW) is None


@pytest.mark.parametrize(
    "end",
    [
        lambda d: PurchaseItem.objects.filter(pk=d.item_id).update(revoked_at=NOW),
        lambda d: Purchase.objects.filter(pk=d.purchase_id).update(revoked_at=NOW),
        lambda d: Purchase.objects.filter(pk=d.purchase_id).update(status="charged_back"),
    ],
)
def test_a_link_ends_with_the_access(download, end):
    token = links.token(download)
    end(download)
    with pytest.raises(AccessEnded, match="Oak trees has ended"):
        follow(token, now=NOW)


def test_a_link_ends_when_its_download_is_struck(download, sam):
    """What does not count is not handed out either."""
    token = links.token(download)
    strike_within(downloads=[download], by=sam, why="Broken", now=NOW)
    with pytest.raises(AccessEnded):
        follow(token, now=NOW)


def test_a_link_ends_with_the_account(download, ada):
    token = links.token(download)
    ada.is_active = False
    ada.save()
    assert follow(token, now=NOW) is None


def test_a_stored_file_is_handed_out_as_it_is(download):
    download.file.content.save("oak.zip", ContentFile(b"the oak itself"))
    content, size = open_file(download)
    with content:
        assert (content.read(), size) == (b"the oak itself", 14)


def test_a_placeholder_is_the_same_bytes_every_time_and_a_zip_can_be_opened():
    made = placeholder("oak.zip", "1.0")
    assert made == placeholder("oak.zip", "1.0")
    assert made != placeholder("oak.zip", "1.1")
    assert zipfile.ZipFile(io.BytesIO(made)).namelist() == ["README.txt"]
    assert placeholder("oak.txt", "1.0").startswith(b"oak.txt 1.0")


@pytest.mark.parametrize(
    ("given", "leaves_as"),
    [
        ("oak.zip", "oak.zip"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\win.ini", "win.ini"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com1.tar.gz", "com1.tar.gz"),
        ('a"b\r\nSet-Cookie: x', "abSet-Cookie x"),
        ("\u202egpj.exe", "gpj.exe"),
        ("木.zip", "木.zip"),
        ("...", "file"),
        ("", "file"),
        ("x" * 300 + ".zip", "x" * 120 + ".zip"),
    ],
)
def test_a_file_leaves_under_a_harmless_name(given, leaves_as):
    assert safe_name(given) == leaves_as
