"""Invoices, void documents and credit notes: frozen facts, the same bytes for ever, and readable by a program."""

import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject

from outbox.letters import enclosures
from storefront import documents, reading
from storefront.documents import credit_note_facts, document_pdf
from storefront.models import Document, Invoice, Purchase
from storefront.reading import read_numbers
from storefront.record import read_sold
from storefront.rendering import render
from storefront.sold import Sold
from tests.world import NOW, buy

pytestmark = pytest.mark.django_db


def words(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def sold(purchase: Purchase) -> Sold:
    return read_sold([purchase])[0]


def test_an_invoice_names_both_parties_and_every_item_with_its_price_and_share(ada, forest, settings):
    settings.STORE_NAME, settings.STORE_ADDRESS = "Paper Lane", "1 Paper Lane\nOldtown"
    purchase = buy(ada, forest)
    said = words(document_pdf(purchase.number))
    for part in (
        "IN010000000001", "21 November 2026, 12:00 UTC", "Paper Lane", "Oldtown", "support@store.example",
        "Ada", "ada@example.com", "Oak trees", "Grove Studio", "40 31", "15 11", "105 80 credits",
    ):  # fmt: skip
        assert part in said, part


def test_the_same_facts_are_the_same_bytes_and_they_are_rendered_once(ada, forest, monkeypatch):
    purchase = buy(ada, forest)
    first = document_pdf(purchase.number)
    assert render(json.loads(Invoice.objects.get().facts)) == first
    monkeypatch.setattr(documents, "render", lambda facts: pytest.fail("rendered again"))
    assert document_pdf(purchase.number) == first
    assert Document.objects.count() == 1


def test_two_first_renderings_at_once_end_with_one_row_and_both_get_it(ada, forest, monkeypatch):
    purchase = buy(ada, forest)

    def overtaken(facts: object) -> bytes:
        Document.objects.create(pk=purchase.number, pdf=b"the other's", rendered_at=NOW)
        return b"mine"

    monkeypatch.setattr(documents, "render", overtaken)
    assert document_pdf(purchase.number) == b"the other's"
    assert Document.objects.count() == 1


def test_an_invoice_is_tagged_and_titled_for_screen_readers(ada, oak):
    document = PdfReader(io.BytesIO(document_pdf(buy(ada, oak).number)))
    assert document.trailer["/Root"]["/MarkInfo"]["/Marked"] == True  # noqa: E712 -- pypdf's own kind of true
    assert document.trailer["/Root"]["/Lang"] == "en-GB"
    assert document.metadata.title == "Invoice IN010000000001"
    assert b"pdfuaid:part" in document.xmp_metadata.stream.get_data()


def test_a_cancelled_purchase_has_a_void_document_of_one_line(ada, oak):
    void = replace(
        sold(buy(ada, oak)), number="IN990000000001", status="cancelled", credits_spent=0, parts=()
    )
    said = words(render(documents.invoice_facts(void)))
    assert "Void invoice" in said
    assert "No credits were taken" in said
    assert "IN990000000001" in said


def test_a_credit_note_names_its_invoice_and_shows_how_the_credits_were_reached(ada, forest):
    purchase = buy(ada, forest, days_ago=20)
    facts = credit_note_facts(
        number="CN010000000001",
        sold=sold(purchase),
        credits=40,
        lines=[("Paid for Forest", 80), ("Oak trees, downloaded", -40)],
        kept=["Oak trees"],
        ended=["Ferns", "Moss", "Bark"],
        now=NOW,
    )
    said = words(render(facts))
    for part in (
        "Credit note", "CN010000000001", "For invoice IN010000000001", "1 November 2026", "\N{MINUS SIGN}40", "40 credits",
        "You keep Oak trees", "These licences ended Ferns Moss Bark",
    ):  # fmt: skip
        assert part in said.replace("\n", " "), part


@pytest.mark.parametrize(
    "title",
    [
        "#strong[x] $a$ ]",
        "日本語の木",
        "🌲🌲",
        "عنوان",
        "a\x00b\x07",
        "\ud800",
        "\N{RIGHT-TO-LEFT OVERRIDE}RTL",
        "x" * 200,
        '\\" }',
    ],
)
def test_no_title_keeps_an_invoice_from_being_made(ada, oak, title):
    purchase = buy(ada, oak)
    facts = json.loads(Invoice.objects.get(number=purchase.number).facts)
    facts["items"][0]["title"] = facts["title"] = facts["buyer"]["name"] = title
    assert "IN010000000001" in words(render(facts))


def test_an_invoice_of_500_items_keeps_its_number_on_every_page(ada, oak):
    facts = json.loads(Invoice.objects.get(number=buy(ada, oak).number).facts)
    facts["items"] *= 500
    pages = PdfReader(io.BytesIO(render(facts))).pages
    assert len(pages) > 10
    assert all("IN010000000001" in page.extract_text() for page in pages)


def test_the_number_can_be_read_back_out_of_the_file(ada, oak):
    assert read_numbers(document_pdf(buy(ada, oak).number)) == ["IN010000000001"]


@pytest.mark.parametrize(
    "content", [b"", b"IN010000000001", b"%PDF-1.7 broken", b"%PDF-" + b"x" * 10_000_000, b"PK\x03\x04"]
)
def test_a_file_that_is_no_pdf_or_a_broken_or_a_huge_one_names_nothing(content):
    assert read_numbers(content) == []


def invoice_with_a_long_page(operations: int) -> bytes:
    """A PDF whose title is a number and whose one page says one letter over and over; deflated it is small."""
    writer = PdfWriter()
    page = writer.add_blank_page(100, 100)
    drawing = StreamObject()
    drawing.set_data(b"BT (a) Tj ET " * operations)
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject()})
    page[NameObject("/Contents")] = writer._add_object(drawing.flate_encode())
    writer.add_metadata({"/Title": "IN010000000001"})
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_pdf_that_would_be_read_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 1)
    assert reading.read_numbers(invoice_with_a_long_page(1)) == ["IN010000000001"]
    endless = invoice_with_a_long_page(1_000_000)
    assert len(endless) < 100_000
    began = time.monotonic()
    assert reading.read_numbers(endless) == []
    assert time.monotonic() - began < 5


def test_letters_can_enclose_an_invoice(ada, oak):
    purchase = buy(ada, oak)
    enclosed = enclosures["invoice"](purchase.number)
    assert enclosed.name == "IN010000000001.pdf"
    assert enclosed.content == document_pdf(purchase.number)
    assert enclosed.content_type == "application/pdf"


def test_two_are_read_at_once_and_a_third_waits_its_turn(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    now, most, lock = 0, 0, threading.Lock()

    def text(content):
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.1)
        with lock:
            now -= 1
        return "IN010000000001"

    monkeypatch.setattr(reading, "_text", text)
    with ThreadPoolExecutor(6) as people:
        found = list(people.map(read_numbers, [b"%PDF-"] * 6))
    assert (most, found) == (2, [["IN010000000001"]] * 6)


def test_whoever_finds_no_place_in_time_reads_nothing(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.05)
    with reading._place(), reading._place():
        assert read_numbers(b"%PDF-") == []
