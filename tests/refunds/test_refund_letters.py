"""The letters of a refund read like its page: the answer, the arithmetic, what ended and what stays."""

from datetime import timedelta

import pytest

from outbox.models import Message
from outbox.rendering import render
from refunds.services import charge_back
from storefront.models import Asset
from tests.refunds.test_refunding import ask
from tests.world import NOW, asset, bundle, buy, write_letters

pytestmark = pytest.mark.django_db(transaction=True)


def letter(template):
    write_letters()
    return render(Message.objects.get(template=template))


def test_ada_reads_what_came_back_what_ended_and_what_stays(ada, forest, oak):
    purchase = buy(ada, forest, days_ago=3, downloaded=[oak])
    ask(ada, purchase, 40)
    told = letter("refunded")
    assert told.subject == "40 credits are back in your wallet"
    assert told.enclosed.name == "CN010000000001.pdf"
    for text in (told.text, told.html):
        assert purchase.number in text
        assert "Oak trees requires Bark, which you no longer have." in text
        assert "delete your local copies" in text
    assert "Paid: 80 credits\nCame back: 40 credits\n" in told.text
    assert "- Ferns\n- Moss\n- Bark\n" in told.text
    assert "You keep:\n- Oak trees\n" in told.text


def test_a_refund_is_told_as_it_was_whatever_happens_until_its_letters_are_written(ada, lea, forest, oak):
    purchase = buy(ada, forest, days_ago=3, downloaded=[oak])
    ask(ada, purchase, 40)
    Asset.objects.update(title="Renamed")
    charge_back(purchase=purchase, by=lea, why="The bank took it back.", now=NOW + timedelta(minutes=1))
    told = letter("refunded")
    assert "Paid: 80 credits\nCame back: 40 credits\n" in told.text
    assert "- Ferns\n- Moss\n- Bark\n" in told.text
    assert "You keep:\n- Oak trees\n" in told.text
    publishers = letter("refunded_publisher")
    assert "- Oak trees: its share was 31 credits, you keep 40" in publishers.text


def test_a_whole_refund_names_nothing_that_stays(ada, fern):
    ask(ada, buy(ada, fern), 30)
    told = letter("refunded")
    assert "You keep" not in told.text + told.html
    assert "requires" not in told.text + told.html


def test_a_publisher_reads_of_its_own_items_alone_and_of_no_customer(ada, cliff, quarry, grove):
    purchase = buy(ada, cliff)
    ask(ada, purchase, 36)
    write_letters()
    letters = {
        message.to: render(message) for message in Message.objects.filter(template="refunded_publisher")
    }
    assert letters.keys() == {"hello@quarry.example", "hello@grove.example"}
    stone = letters["hello@quarry.example"]
    assert stone.subject == f"Refunded under the refund policy: invoice {purchase.number}"
    assert "- Slate: its share was 20 credits, you keep 0; the licence ended" in stone.text
    assert "Moss" not in stone.text + stone.html
    assert "Moss" in letters["hello@grove.example"].text
    for told in letters.values():
        assert "Ada" not in told.text + told.html
        assert "ada@example.com" not in told.text + told.html


def test_titles_with_markup_are_text(ada, grove):
    odd = asset("odd", "<b>Oak</b> & co", by=grove, price=10)
    other = asset("other", "Other", by=grove, price=10)
    ask(ada, buy(ada, bundle("pair", "Pair", by=grove, price=15, holds=[odd, other])), 15)
    told = letter("refunded")
    assert "&lt;b&gt;Oak&lt;/b&gt; &amp; co" in told.html
    assert "- <b>Oak</b> & co" in told.text
