"""A request that cannot be sent as it is: one sentence says why, and nothing that was typed is lost."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from refunds.models import LookUp
from tests.portal.pages import NOW, browser, buy, errors
from tests.portal.test_requests import PAGE, fill_in, nothing_was_sent, pdf

pytestmark = pytest.mark.django_db(transaction=True)


SENT_NOTHING = "Nothing was sent."


NO_NUMBER = f"is no invoice number: that is IN and 12 digits, such as IN010000000001. {SENT_NOTHING}"


NO_ADDRESS = f"Use a confirmed address of Grove Studio, or the address you sign in with. {SENT_NOTHING}"


NO_INVOICE = (
    f"Attach the customer's invoice, or write its number here or into the description. {SENT_NOTHING}"
)


NOT_YOURS = (
    "IN990000000007 is not among your invoices. Compare it with the customer's invoice; nothing was sent."
)


DISAGREE = (
    "These numbers disagree: IN010000000001 in the field, IN990000000007 in the description. Leave one of them; "
    "nothing was sent."
)


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"email": "quinn@quarry.example"}, NO_ADDRESS),
        ({"email": "late@grove.example"}, NO_ADDRESS),
        ({"invoice": "IN01000000000l"}, f"“IN01000000000l” {NO_NUMBER}"),
        ({"invoice": "CN010000000001"}, f"“CN010000000001” {NO_NUMBER}"),
        ({"invoice": ""}, NO_INVOICE),
        ({"invoice": "IN990000000007"}, NOT_YOURS),
        ({"description": "See IN990000000007."}, DISAGREE),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_typed_is_lost(ada, gil, grove, moss, over, sentence):
    grove.emails.create(address="late@grove.example", added_at=NOW)
    buy(ada, moss)
    sent = fill_in(**{"invoice": "IN010000000001", "subject": "My very own subject", **over})
    answer = browser(gil).post(PAGE, sent)
    assert (answer.status_code, errors(answer)) == (422, [sentence])
    form = answer.context["form"]
    assert {name: form[name].value() for name in ("email", "subject", "invoice", "description")} == {
        name: sent[name] for name in ("email", "subject", "invoice", "description")
    }
    assert nothing_was_sent()


def test_numbers_in_field_text_and_file_that_disagree_are_named_with_their_places(ada, gil, moss, fern):
    first, second = buy(ada, moss), buy(ada, fern)
    answer = browser(gil).post(PAGE, fill_in(invoice=first.number, attachments=[pdf(second, "theirs.pdf")]))
    assert errors(answer) == [
        (
            f"These numbers disagree: {first.number} in the field, {second.number} in theirs.pdf. Leave one of them; "
            "nothing was sent."
        )
    ]
    assert nothing_was_sent()


def test_a_foreign_invoice_and_an_unknown_one_are_refused_alike(ada, gil, slate):
    foreign = buy(ada, slate).number
    said = [
        errors(browser(gil).post(PAGE, fill_in(invoice=number)))[0].replace(number, "?")
        for number in (foreign, "IN990000000001")
    ]
    assert said[0] == said[1]
    assert LookUp.objects.filter(hit=False).count() == 2
    assert nothing_was_sent()


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("huge.pdf", b"%PDF-1.7" + b"x" * 30_000_000, "huge.pdf is larger than 10 MB"),
        ("invoice.pdf", b"<html><script>alert(1)</script></html>", "invoice.pdf cannot be sent here"),
        ("picture.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "picture.png cannot be sent here"),
        ("run.txt", b"MZ\x90\x00\x03", "run.txt cannot be sent here"),
        ("invoice.PDF", b"No PDF at all.", "invoice.PDF is not the kind of file that its name says"),
        ("notes.txt", b"%PDF-1.4 ", "notes.txt is not the kind of file that its name says"),
        ("empty.pdf", b"", "empty"),
    ],
)
def test_a_huge_or_disguised_attachment_is_named_and_refused(ada, gil, moss, name, content, part):
    number = buy(ada, moss).number
    answer = browser(gil).post(PAGE, fill_in(invoice=number, attachments=[SimpleUploadedFile(name, content)]))
    assert answer.status_code == 422
    assert part in errors(answer)[0]
    assert nothing_was_sent()


def test_six_files_are_one_too_many(ada, gil, moss):
    number = buy(ada, moss).number
    files = [SimpleUploadedFile(f"{one}.txt", b"words") for one in range(6)]
    answer = browser(gil).post(PAGE, fill_in(invoice=number, attachments=files))
    assert errors(answer) == ["At most 5 files go with one message. Nothing was sent."]
    assert nothing_was_sent()
