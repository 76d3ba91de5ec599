"""The document of a refund: numbered, rendered, and enclosed in the customer's letter."""

import io

from django.db import transaction
from pypdf import PdfReader

from accounts.models import User
from outbox.letters import enclosures
from refunds.models import Refund
from refunds.services import refund_within
from storefront.documents import document_pdf
from storefront.models import Asset, Bundle
from tests.world import NOW, buy


def refunded(ada: User, thing: Asset | Bundle, expected: int, downloaded: list[Asset]) -> Refund:
    bought = buy(ada, thing, days_ago=12, downloaded=downloaded)
    with transaction.atomic():
        refund = refund_within(
            purchase=bought, requester=ada, requested_by=ada, expected_credits=expected, door="page", now=NOW
        )
    assert isinstance(refund, Refund)
    return refund


def words(pdf: bytes) -> str:
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_it_says_how_the_credits_were_reached_and_what_stays(ada: User, forest: Bundle, oak: Asset) -> None:
    note = refunded(ada, forest, 40, [oak]).credit_note
    said = words(document_pdf(note.number))
    for part in (
        note.number,
        "For invoice IN010000000001",
        "Paid for Forest",
        "For what you keep",
        "40 credits",
        "You keep Oak trees",
        "These licences ended Ferns Moss Bark",
    ):
        assert part in said, said


def test_the_letter_encloses_the_same_bytes(ada: User, fern: Asset) -> None:
    note = refunded(ada, fern, 30, []).credit_note
    enclosed = enclosures["credit_note"](note.number)
    assert (enclosed.name, enclosed.content) == (f"{note.number}.pdf", document_pdf(note.number))
