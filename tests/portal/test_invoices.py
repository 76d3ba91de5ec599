"""The Invoices tab: one number or a list, typed or read out of the customer's PDF, and the list of all verified."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.keys import make_key
from refunds.models import LookUp, VerifiedInvoice
from refunds.verification import verify
from storefront.documents import document_pdf
from tests.portal.pages import NOW, browser, buy, errors, text
from tests.world import asset, fetch

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/portal/invoices/"
NOTHING = "Nothing was looked up."


def test_gil_types_a_number_and_knows(ada, gil, forest, oak):
    purchase = buy(ada, forest, days_ago=3, downloaded=[oak])
    said = text(browser(gil).post(PAGE, {"number": purchase.number}))
    assert "1 verified" in said
    for package, price, status in (
        ("Oak trees", "31 credits", "Downloaded"),
        ("Ferns", "23 credits", "Not downloaded"),
        ("Moss", "15 credits", "Not downloaded"),
        ("Bark", "11 credits", "Not downloaded"),
    ):
        assert f"{package} 1 {price}" in said
        assert status in said
    assert "Request a refund for this customer" in said
    assert "ada" not in said.lower()
    assert list(LookUp.objects.values_list("number", "by", "door")) == [(purchase.number, gil.pk, "page")]


def test_a_pasted_list_is_answered_number_by_number(ada, gil, moss, fern, slate):
    first, second, foreign = buy(ada, moss), buy(ada, fern), buy(ada, slate)
    pasted = f"{first.number}\n in 0100-{second.number[6:10]} {second.number[10:]};{foreign.number}, IN01000000000l"
    said = text(browser(gil).post(PAGE, {"number": pasted}))
    assert "2 verified" in said
    assert f"Not among your invoices: {foreign.number}" in said
    assert "Not an invoice number: “IN01000000000l”. That is IN and 12 digits." in said


def test_the_list_stays_and_shows_todays_status(ada, gil, moss):
    purchase = buy(ada, moss)
    page = browser(gil)
    page.post(PAGE, {"number": purchase.number})
    assert "Not downloaded" in text(page.get(PAGE))
    fetch(ada, moss, at=NOW)
    said = text(page.get(PAGE))
    assert "Not downloaded" not in said
    assert "Downloaded" in said
    assert f"{purchase.number} last verified" in said
    assert "by Gil" in said
    assert "If you don’t see the invoice in the list" in said
    assert LookUp.objects.count() == 1


def test_the_list_names_the_key_that_looked_last(ada, gil, grove, moss):
    key, _ = make_key(owner=gil, publisher=grove, name="Discord bot", now=NOW)
    number = buy(ada, moss).number
    verify(publisher=grove, numbers=[number], by=gil, api_key=key, door="verify.json", now=NOW)
    assert "by the key Discord bot" in text(browser(gil).get(PAGE))


def test_another_publishers_list_is_its_own(ada, gil, quinn, cliff):
    purchase = buy(ada, cliff)
    browser(gil).post(PAGE, {"number": purchase.number})
    assert purchase.number not in text(browser(quinn).get(PAGE))
    assert purchase.number not in browser(quinn).get("/portal/invoices/verified.csv").getvalue().decode()
    browser(quinn).post(PAGE, {"number": purchase.number})
    assert "Moss" not in text(browser(quinn).get(PAGE))
    assert "Slate" in text(browser(quinn).get(PAGE))


@pytest.mark.parametrize("q", ["IN010000000001", "0000001", "mos", "MOSS"])
def test_the_list_is_searched_by_number_and_package(ada, gil, moss, fern, q):
    first, second = buy(ada, moss), buy(ada, fern)
    page = browser(gil)
    page.post(PAGE, {"number": f"{first.number},{second.number}"})
    said = text(page.get(PAGE, {"q": q}))
    assert first.number in said
    assert second.number not in said


@pytest.mark.parametrize("q", ["\0", "%", "' OR 1=1 --", "x" * 5000, "日本"])
def test_odd_searches_find_nothing_and_break_nothing(ada, gil, moss, q):
    page = browser(gil)
    page.post(PAGE, {"number": buy(ada, moss).number})
    answer = page.get(PAGE, {"q": q})
    assert answer.status_code == 200
    assert page.get("/portal/invoices/verified.csv", {"q": q}).status_code == 200


def test_the_list_goes_on_on_a_next_page(ada, gil, grove, moss):
    numbers = [buy(ada, moss, again=True).number for _ in range(27)]
    verify(publisher=grove, numbers=numbers, by=gil, door="page", now=NOW)
    page = browser(gil)
    first = page.get(PAGE)
    older = first.context["older"]
    shown = [line.row.purchase.number for line in first.context["listed"]]
    second = page.get(PAGE + older)
    shown += [line.row.purchase.number for line in second.context["listed"]]
    assert sorted(shown) == sorted(numbers)
    assert second.context["older"] == ""
    assert page.get(PAGE, {"after": "nonsense 1"}).status_code == 200


def test_the_statements_do_not_grow_with_the_list(ada, gil, grove, moss, forest):
    page, counts = browser(gil), []
    for _ in range(2):
        numbers = [buy(ada, thing, again=True).number for thing in (moss, forest, moss, forest)]
        verify(publisher=grove, numbers=numbers, by=gil, door="page", now=NOW)
        with CaptureQueriesContext(connection) as statements:
            assert page.get(PAGE).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_csv_has_a_line_per_item_and_no_formula(ada, gil, grove):
    odd = asset("odd", '=HYPERLINK("x")', by=grove, price=5)
    browser(gil).post(PAGE, {"number": buy(ada, odd).number})
    answer = browser(gil).get("/portal/invoices/verified.csv")
    assert answer["Content-Disposition"] == 'attachment; filename="invoices-grove.csv"'
    head, row = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert head[:6] == ["Invoice", "Package", "Quantity", "Price in credits", "Purchased (UTC)", "Status"]
    assert row[:6] == ["IN010000000001", '\'=HYPERLINK("x")', "1", "5", f"{NOW:%Y-%m-%d}", "Not downloaded"]
    assert row[-1] == "Gil"


def test_the_customers_pdf_fills_the_number_in(ada, gil, moss):
    purchase = buy(ada, moss)
    file = SimpleUploadedFile("invoice.pdf", document_pdf(purchase.number), content_type="application/pdf")
    answer = browser(gil).post(PAGE, {"number": "", "file": file})
    assert "1 verified" in text(answer)
    assert f">\n{purchase.number}</textarea>" in answer.content.decode()


def test_a_file_without_a_number_is_named_and_what_was_typed_stays(gil, grove):
    file = SimpleUploadedFile("holiday.png", b"\x89PNG\r\n\x1a\n")
    answer = browser(gil).post(PAGE, {"number": "IN010000000123", "file": file})
    assert (answer.status_code, errors(answer)) == (
        422,
        ["No invoice number could be read in holiday.png. Please type it above."],
    )
    assert "IN010000000123" in answer.content.decode()
    assert not LookUp.objects.exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", f"Type an invoice number, or choose the customer’s invoice. {NOTHING}"),
        (" , \n;", f"Type an invoice number, or choose the customer’s invoice. {NOTHING}"),
        (
            "IN01000000000l",
            (
                "“IN01000000000l” is no invoice number: that is IN and 12 digits, such as IN010000000001. Look out for "
                f"letters that look like digits. {NOTHING}"
            ),
        ),
        (
            "CN010000000001",
            (
                "A number that begins with CN is a credit note’s. The invoice number begins with IN and stands on the "
                f"credit note too. {NOTHING}"
            ),
        ),
        (
            ",".join(f"IN99{number:010d}" for number in range(51)),
            f"At most 50 numbers at a time; these are 51. {NOTHING}",
        ),
    ],
)
def test_bad_input_gets_a_sentence_and_is_still_there(gil, typed, sentence):
    answer = browser(gil).post(PAGE, {"number": typed})
    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert typed.strip() in answer.content.decode()
    assert not LookUp.objects.exists()


def test_a_foreign_number_and_an_unknown_one_get_the_same_page(ada, gil, slate):
    foreign = buy(ada, slate).number
    page = browser(gil)
    pages = [
        text(page.post(PAGE, {"number": number})).replace(number, "?")
        for number in (foreign, "IN990000000001")
    ]
    assert pages[0] == pages[1]
    assert "Nothing verified Not among your invoices: ?" in pages[0].replace("  ", " ")
    assert not VerifiedInvoice.objects.exists()


def test_who_guesses_is_told_how_long_to_wait(ada, gil, moss, settings):
    settings.LIMIT_INVOICE_MISSES = 3
    page, number = browser(gil), buy(ada, moss).number
    page.post(PAGE, {"number": "IN990000000001,IN990000000002,IN990000000003"})
    answer = page.post(PAGE, {"number": number})
    assert answer.status_code == 429
    assert 590 <= int(answer["Retry-After"]) <= 600
    assert errors(answer) == [
        (
            "More than 3 numbers that are not among your invoices were looked up within 10 minutes. Nothing was looked "
            "up now; please wait 10 minutes and try again."
        )
    ]
    assert number in answer.content.decode()


def test_a_script_in_a_title_is_text(ada, gil, grove):
    odd = asset("odd", "<script>alert(1)</script>", by=grove, price=5)
    answer = browser(gil).post(PAGE, {"number": buy(ada, odd).number})
    assert "<script>alert" not in answer.content.decode()
    assert "&lt;script&gt;alert(1)" in answer.content.decode()
