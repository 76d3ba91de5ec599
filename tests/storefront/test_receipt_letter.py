"""The letter that a purchase sends: the fact in its subject, the number, and the invoice in it."""

import pytest

from outbox.models import Message
from outbox.rendering import render
from storefront.documents import document_pdf
from storefront.models import Asset
from tests.world import asset, buy, write_letters

pytestmark = pytest.mark.django_db


def receipt():
    write_letters()
    return render(Message.objects.get(template="receipt"))


def test_the_receipt_says_what_was_bought_and_carries_the_invoice(ada, forest, settings):
    settings.PUBLIC_URL = "https://store.example"
    purchase = buy(ada, forest)
    letter = receipt()
    assert letter.subject == "You bought Forest for 80 credits"
    for words in (letter.text, letter.html):
        assert "IN010000000001" in words
        assert "https://store.example/purchases/IN010000000001/" in words
    assert letter.enclosed.name == "IN010000000001.pdf"
    assert letter.enclosed.content == document_pdf(purchase.number)


def test_the_receipt_says_it_as_it_was_whatever_happens_until_it_is_sent(ada, oak):
    buy(ada, oak)
    Asset.objects.update(title="Oaks, remastered", price=60)
    assert receipt().subject == "You bought Oak trees for 40 credits"
    Asset.objects.update(title="Oaks, remastered again")
    assert receipt().subject == "You bought Oak trees for 40 credits"


def test_a_title_is_text_in_a_letter_and_never_a_header(ada, grove):
    buy(ada, asset("evil", "<b>x</b>\r\nBcc: all@example.com", by=grove, price=1))
    letter = receipt()
    assert "\n" not in letter.subject
    assert "<b>x</b>" not in letter.html
    assert "<b>x</b>" in letter.text
