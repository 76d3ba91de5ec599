"""Hostile files: refused with a sentence, or kept closed and under a harmless name."""

import io
import re
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from refunds.models import Attachment
from tests.adas_things import Browser, everything

pytestmark = pytest.mark.django_db

SCRIPT = "<script>alert(1)</script>"
PDF = b"%PDF-1.4\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\x00" * 5_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<!doctype html><script>alert(1)</script>"),
        ("invoice.pdf", b"<html><body onload=alert(1)>"),
        ("leaf.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("leaf.png", PNG + b"<script>alert(1)</script>"),
        ("invoice.pdf", PDF + bomb()),
        ("run.exe", b"MZ\x90\x00" + b"\x00" * 60),
        ("note.txt", b"a\x00b"),
        ("empty.txt", b""),
        ("half.zip", b"PK\x03\x04 and nothing more"),
    ],
)
def test_a_file_that_could_harm_is_refused_and_the_words_stay(w, say, name, content):
    before = everything()
    response = say(
        "ada",
        "/cases/{w.open_case.number}/messages/",
        {"message": "See the file.", "attachments": SimpleUploadedFile(name, content)},
    )
    assert response.status_code == 422
    assert "See the file." in response.content.decode()
    assert everything() == before


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("CON", "file-CON"),
        ("nul.txt", "file-nul.txt"),
        ("a\r\nSet-Cookie: x=1.txt", None),
        ('"; filename="evil.html', None),
        ("\u202egnp.exe", "gnp.exe"),
        ("x" * 300 + ".txt", None),
        (f"{SCRIPT}.txt", None),
    ],
)
def test_a_file_is_kept_under_a_harmless_name_and_only_ever_downloaded(w, say, name, kept):
    body = (
        b'--b\r\nContent-Disposition: form-data; name="message"\r\n\r\nSee the file.\r\n'
        b'--b\r\nContent-Disposition: form-data; name="attachments"; filename="'
        + name.replace("\\", "\\\\").replace('"', '\\"').encode()
        + b'"\r\nContent-Type: text/html\r\n\r\nleaf 12 flickers\r\n--b--\r\n'
    )
    path = f"/cases/{w.open_case.number}/messages/"
    response = Browser(w.ada).client().generic("POST", path, body, "multipart/form-data; boundary=b")
    stored = Attachment.objects.order_by("pk").last()
    assert response.status_code in {302, 400, 422}
    if response.status_code == 302:
        assert stored.pk != w.file.pk
        assert not re.search(r'[\x00-\x1f/\\<>"\u202e]', stored.name)
        assert len(stored.name) <= 100
        if kept:
            assert stored.name == kept
        got = Browser(w.ada).client().get(f"/cases/{w.open_case.number}/files/{stored.ref}/")
        assert got["Content-Type"] == "text/plain"
        assert got["Content-Disposition"].startswith("attachment")
        assert got["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in got["Content-Security-Policy"]
        assert "Set-Cookie" not in got.headers
    else:
        assert stored.pk == w.file.pk


def test_a_bomb_is_kept_closed(w, say):
    """It is never unpacked: what is stored is what came, byte for byte."""
    packed = bomb()
    say(
        "ada",
        "/cases/{w.open_case.number}/messages/",
        {"message": "All logs.", "attachments": SimpleUploadedFile("logs.zip", packed)},
    )
    assert bytes(Attachment.objects.order_by("pk").last().content) == packed


def test_too_many_and_too_large_files_are_told(w, say, settings):
    settings.ATTACHMENT_MEGABYTES = 1
    before = everything()
    many = [SimpleUploadedFile(f"{n}.txt", b"x") for n in range(6)]
    large = SimpleUploadedFile("large.txt", b"x" * 1_000_001)
    for files, said in ((many, "At most 5 files"), ([large], "larger than 1 MB")):
        response = say(
            "ada", "/cases/{w.open_case.number}/messages/", {"message": "See.", "attachments": files}
        )
        assert (response.status_code, said in response.content.decode()) == (422, True)
    assert everything() == before
