"""A publisher's way through the portal, in the steps and the words of the two guides that publishers know."""

import pytest
from playwright.sync_api import expect

from refunds.models import Answer, Case
from storefront.documents import document_pdf
from tests.portal.pages import ask_support, buy

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def purchase(ada, grove, moss):
    return buy(ada, moss, days_ago=40, downloaded=[moss])


def test_verify_a_customers_invoice_number(open_page, sign_in, gil, purchase):
    """The first guide: ask for the number, open the portal, Invoices, Verify invoice, Verify."""
    sign_in(gil)
    page = open_page("/portal/")
    page.get_by_role("link", name="Invoices", exact=True).click()
    page.get_by_label("Verify invoice").fill(purchase.number)
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_role("heading", name="1 verified")).to_be_visible()
    row = page.get_by_role("table", name=f"Your items on {purchase.number}").get_by_role("row").nth(1)
    for words in ("Moss", "1", "20 credits", "Downloaded"):
        expect(row).to_contain_text(words)
    expect(page.get_by_role("table", name="With today’s status")).to_contain_text(purchase.number)


def test_ask_for_a_refund_on_the_customers_behalf(open_page, sign_in, gil, purchase, tmp_path):
    """The second guide: the invoice is not in the list, so its number is entered and verified; then the request is
    submitted with the five fields, and the customer's invoice attached."""
    invoice = tmp_path / "invoice.pdf"
    invoice.write_bytes(document_pdf(purchase.number))
    sign_in(gil)
    page = open_page("/portal/invoices/")
    expect(page.get_by_text("No invoice verified yet")).to_be_visible()
    page.get_by_placeholder("Invoice No.").fill(purchase.number)
    page.get_by_role("button", name="Verify", exact=True).click()
    page.get_by_role("link", name="Request a refund for this customer").click()
    expect(page.get_by_text("The refund policy does not grant this by itself.")).to_be_visible()
    expect(page.get_by_label("Your email address")).to_have_value("hello@grove.example")
    expect(page.get_by_label("Subject")).to_have_value(f"Request for a refund of {purchase.number}")
    page.get_by_label("Subject").fill("Request for an asset refund")
    page.get_by_label("Product").select_option("Recredit")
    expect(page.get_by_role("checkbox", name="Moss")).to_be_checked()
    page.get_by_label("Description").fill(
        "Moss: it does not open in the customer's version, and we cannot mend it."
    )
    page.get_by_label("Attachments").set_input_files(invoice)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("heading", name="Request for an asset refund")).to_be_visible()
    expect(page.get_by_text("Waiting for the customer", exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name="invoice.pdf")).to_be_visible()
    case = Case.objects.get()
    assert (case.purchase, case.state, case.reply_to) == (
        purchase,
        "waiting_for_customer",
        "hello@grove.example",
    )


def test_the_form_alone_with_nothing_but_the_file(open_page, sign_in, gil, purchase, tmp_path):
    """The number is read from the attached invoice."""
    invoice = tmp_path / "invoice.pdf"
    invoice.write_bytes(document_pdf(purchase.number))
    sign_in(gil)
    page = open_page("/portal/refunds/")
    page.get_by_role("link", name="Request a refund for a customer").click()
    page.get_by_label("Description").fill("Moss: it does not open in the customer's version.")
    page.get_by_label("Attachments").set_input_files(invoice)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("The request is sent.")).to_be_visible()
    assert Case.objects.get().purchase == purchase


def test_the_customers_pdf_dropped_on_the_page_fills_the_number_in(
    open_page, sign_in, gil, purchase, tmp_path
):
    invoice = tmp_path / "invoice.pdf"
    invoice.write_bytes(document_pdf(purchase.number))
    sign_in(gil)
    page = open_page("/portal/invoices/")
    page.get_by_label("Or the customer’s invoice").set_input_files(invoice)
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_label("Verify invoice")).to_have_value(purchase.number)
    expect(page.get_by_role("heading", name="1 verified")).to_be_visible()


def test_a_request_is_answered_with_a_note(open_page, sign_in, ada, gil, purchase):
    case = ask_support(ada, purchase)
    sign_in(gil)
    page = open_page("/portal/")
    page.get_by_role("link", name=case.number).click()
    page.get_by_role("link", name="Decline").click()
    page.get_by_label("Why not").fill("It works in every version that we list.")
    page.get_by_role("button", name="Decline the refund").click()
    expect(page.get_by_text("Your no is in the request, with your reason.")).to_be_visible()
    assert Answer.objects.get().authorised is False


def test_without_javascript_a_number_is_verified_and_a_key_made(
    browser, live_server, sign_in, page, gil, purchase
):
    sign_in(gil)
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    bare = plain.new_page()
    bare.goto(f"{live_server.url}/portal/invoices/")
    bare.get_by_label("Verify invoice").fill(purchase.number)
    bare.get_by_role("button", name="Verify", exact=True).click()
    expect(bare.get_by_role("heading", name="1 verified")).to_be_visible()
    bare.goto(f"{live_server.url}/portal/keys/")
    bare.get_by_label("Name of the key").fill("Discord bot")
    bare.get_by_role("button", name="Make the key").click()
    expect(bare.get_by_text("Copy it now")).to_be_visible()
    plain.close()


def test_verifying_by_keyboard_alone(open_page, sign_in, gil, purchase):
    sign_in(gil)
    page = open_page("/portal/invoices/")
    page.get_by_label("Verify invoice").focus()
    page.keyboard.type(purchase.number)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Verify", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 verified")).to_be_visible()


@pytest.mark.parametrize(
    "address",
    [
        "/portal/",
        "/portal/invoices/",
        "/portal/refunds/",
        "/portal/refunds/new/?invoice=IN010000000001",
        "/portal/refunds/{case}/",
        "/portal/refunds/{case}/authorise/",
        "/portal/refunds/{case}/decline/",
        "/portal/sales/",
        "/portal/keys/",
        "/portal/keys/look-ups/",
        "/portal/account/",
    ],
)
def test_every_page_looks_right(open_page, sign_in, looks_right, ada, gil, grove, purchase, address):
    case = ask_support(ada, purchase)
    grove.emails.create(address="press@grove.example")
    sign_in(gil)
    page = open_page("/portal/invoices/")
    page.get_by_label("Verify invoice").fill(f"{purchase.number}, IN990000000001")
    page.get_by_role("button", name="Verify", exact=True).click()
    page.get_by_text("Not among your invoices").wait_for()
    open_page(address.format(case=case.number))
    looks_right()
