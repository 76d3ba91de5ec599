"""A refund for a customer, asked for with the form of the store's documents."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from outbox.models import Message
from refunds import cases
from refunds.models import Answer, Attachment, Case, LookUp, Refund
from storefront.documents import document_pdf
from tests.portal.pages import NOW, ask_support, browser, buy, errors, text
from tests.refunds.test_verification import refund

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/portal/refunds/new/"


def fill_in(**over):
    filled = {
        "key": uuid.uuid4().hex,
        "email": "hello@grove.example",
        "subject": "Request for a refund",
        "product": "Recredit",
        "invoice": "",
        "description": "Moss: the customer cannot use it in their version.",
    }
    return {**filled, **over}


def pdf(purchase, name="invoice.pdf"):
    return SimpleUploadedFile(name, document_pdf(purchase.number), content_type="application/pdf")


def verified(person, purchase):
    """The browser of a person who has just verified the number."""
    page = browser(person)
    page.post("/portal/invoices/", {"number": purchase.number})
    return page


def nothing_was_sent():
    return not Case.objects.exists() and not Attachment.objects.exists()


def test_from_a_verified_number_everything_but_the_reason_is_filled_in(ada, gil, forest):
    purchase = buy(ada, forest, days_ago=3)
    answer = verified(gil, purchase).get(PAGE, {"invoice": purchase.number})
    form = answer.context["form"]
    assert form["email"].value() == "hello@grove.example"
    assert form["subject"].value() == f"Request for a refund of {purchase.number}"
    assert form["product"].value() == "Recredit"
    assert [choice for choice, _ in form.fields["product"].choices] == ["Recredit"]
    assert form["items"].value() == ["oak", "fern", "moss", "bark"]
    assert "ada" not in text(answer).lower()


def test_items_named_where_none_were_shown_are_the_only_ones_authorised(ada, gil, forest):
    purchase = buy(ada, forest, days_ago=40)
    browser(gil).post(PAGE, fill_in(invoice=purchase.number, items=["oak"]))
    case = Case.objects.get()
    assert [line.item.asset.slug for line in case.items.all()] == ["oak"]


def test_an_item_of_another_publisher_is_refused_where_none_were_shown(ada, gil, cliff):
    purchase = buy(ada, cliff, days_ago=40)
    answer = browser(gil).post(PAGE, fill_in(invoice=purchase.number, items=["slate"]))
    assert answer.status_code == 422
    assert "Choose from the items of this purchase" in text(answer)
    assert nothing_was_sent()


def test_where_the_policy_grants_it_the_page_says_so_and_points_the_customer_there(ada, gil, moss):
    purchase = buy(ada, moss, days_ago=3)
    said = text(verified(gil, purchase).get(PAGE, {"invoice": purchase.number}))
    assert "The refund policy grants this by itself." in said
    assert f"/purchases/{purchase.number}/refund/" in said


def test_where_it_does_not_the_page_says_why_without_others_downloads(ada, gil, cliff, slate, moss):
    purchase = buy(ada, cliff, days_ago=40, downloaded=[slate, moss])
    said = text(verified(gil, purchase).get(PAGE, {"invoice": purchase.number}))
    assert "The refund policy does not grant this by itself." in said
    assert "The time for a refund is over: It was completed on" in said
    assert "Too much of this bundle was downloaded" in said
    assert "Slate" not in said


def test_the_request_is_the_publishers_yes_and_the_customer_is_asked(ada, gil, grove, moss):
    purchase = buy(ada, moss, days_ago=40)
    answer = browser(gil).post(PAGE, fill_in(invoice=purchase.number, attachments=[pdf(purchase)]))
    case = Case.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/portal/refunds/{case.number}/")
    assert (case.state, case.publisher, case.reply_to, case.subject, case.customer) == (
        "waiting_for_customer",
        grove,
        "hello@grove.example",
        "Request for a refund",
        ada,
    )
    assert [line.item.asset.slug for line in case.items.all()] == ["moss"]
    assert list(Answer.objects.values_list("publisher", "authorised", "answered_by")) == [
        (grove.pk, True, gil.pk)
    ]
    assert list(Attachment.objects.values_list("name", "content_type")) == [
        ("invoice.pdf", "application/pdf")
    ]
    assert Message.objects.filter(template="case_publisher_request", to="ada@example.com").count() == 1
    assert not Refund.objects.exists()


@pytest.mark.parametrize("where", ["field", "description", "file"])
def test_the_number_may_stand_in_its_field_the_description_or_the_file(ada, gil, moss, where):
    purchase = buy(ada, moss)
    given = {
        "field": {"invoice": purchase.number[2:]},
        "description": {"description": f"Moss on {purchase.number.lower()} does not open."},
        "file": {"attachments": [pdf(purchase)]},
    }[where]
    answer = browser(gil).post(PAGE, fill_in(**given))
    assert answer.status_code == 302
    assert Case.objects.get().purchase == purchase


def test_only_the_ticked_items_are_asked_for(ada, gil, forest):
    purchase = buy(ada, forest)
    page = verified(gil, purchase)
    shown = page.get(PAGE, {"invoice": purchase.number}).context["form"]["shown"].value()
    page.post(PAGE, fill_in(invoice=purchase.number, shown=shown, items=["moss", "fern"]))
    case = Case.objects.get()
    assert sorted(line.item.asset.slug for line in case.items.all()) == ["fern", "moss"]


def test_ticks_for_another_number_than_the_one_sent_are_not_carried_over(ada, gil, forest, moss):
    first, second = buy(ada, forest), buy(ada, moss, again=True)
    page = verified(gil, first)
    shown = page.get(PAGE, {"invoice": first.number}).context["form"]["shown"].value()
    page.post(PAGE, fill_in(invoice=second.number, shown=shown, items=["oak"]))
    assert [line.item.asset.slug for line in Case.objects.get().items.all()] == ["moss"]


def test_other_publishers_items_are_not_asked_for(ada, gil, cliff):
    purchase = buy(ada, cliff)
    browser(gil).post(PAGE, fill_in(invoice=purchase.number))
    assert [line.item.asset.slug for line in Case.objects.get().items.all()] == ["moss"]


def test_fill_in_from_the_invoice_keeps_what_was_typed(ada, gil, moss):
    purchase = buy(ada, moss)
    typed = fill_in(subject="Ada's moss", invoice=purchase.number, look="1", description="It flickers.")
    answer = browser(gil).post(PAGE, typed)
    form = answer.context["form"]
    assert answer.status_code == 200
    assert (form["subject"].value(), form["description"].value()) == ("Ada's moss", "It flickers.")
    assert form["items"].value() == ["moss"]
    assert nothing_was_sent()


def test_opening_the_page_with_a_number_is_no_look_up(ada, gil, moss):
    purchase = buy(ada, moss)
    answer = browser(gil).get(PAGE, {"invoice": purchase.number})
    assert answer.context["form"]["invoice"].value() == purchase.number
    assert "Moss" not in text(answer)
    assert not LookUp.objects.exists()


@pytest.mark.parametrize("number", ["", "\0", "IN1", "x" * 5000])
def test_an_odd_number_in_the_address_breaks_nothing(gil, number):
    assert browser(gil).get(PAGE, {"invoice": number}).status_code == 200


def test_fill_in_from_an_unknown_invoice_says_so_and_keeps_what_was_typed(gil):
    answer = browser(gil).post(PAGE, fill_in(invoice="IN990000000007", subject="Mine", look="1"))
    assert answer.status_code == 422
    assert "IN990000000007 is not among your invoices." in text(answer)
    assert answer.context["form"]["subject"].value() == "Mine"


def test_a_members_own_address_is_good(ada, gil, moss):
    purchase = buy(ada, moss)
    assert (
        browser(gil).post(PAGE, fill_in(invoice=purchase.number, email="gil@grove.example")).status_code
        == 302
    )


def test_a_second_open_case_is_refused_and_names_the_first(ada, gil, moss):
    purchase = buy(ada, moss, days_ago=40)
    first = ask_support(ada, purchase)
    answer = browser(gil).post(PAGE, fill_in(invoice=purchase.number))
    assert answer.status_code == 409
    assert errors(answer) == [
        f"There is an open request about this purchase already: {first.number}. Nothing new was opened."
    ]
    assert Case.objects.count() == 1


def test_a_refunded_purchase_is_not_asked_for_again(ada, gil, moss):
    purchase = buy(ada, moss)
    refund(ada, purchase, 20, now=NOW)
    answer = browser(gil).post(PAGE, fill_in(invoice=purchase.number))
    assert answer.status_code == 422
    assert "refunded, so nothing can be refunded" in errors(answer)[0]
    assert nothing_was_sent()


def test_the_same_form_sent_twice_is_one_request(ada, gil, moss):
    purchase = buy(ada, moss, days_ago=40)
    page, sent = browser(gil), fill_in(invoice=purchase.number)
    first, second = page.post(PAGE, sent), page.post(PAGE, sent)
    assert first["Location"] == second["Location"]
    assert Case.objects.count() == 1


def test_the_customer_says_no_and_the_publisher_reads_it(ada, gil, moss):
    purchase = buy(ada, moss, days_ago=40)
    page = browser(gil)
    page.post(PAGE, fill_in(invoice=purchase.number))
    case = Case.objects.get()
    assert "The customer is asked whether this request is theirs" in text(
        page.get(f"/portal/refunds/{case.number}/")
    )
    cases.do("keep", case=case, by=ada, door="page", now=NOW)
    said = text(page.get(f"/portal/refunds/{case.number}/"))
    assert "Withdrawn" in said
    assert "Wants to keep the purchase" in said


def test_the_publisher_may_withdraw_its_own_request(ada, gil, moss):
    purchase = buy(ada, moss, days_ago=40)
    page = browser(gil)
    page.post(PAGE, fill_in(invoice=purchase.number))
    case = Case.objects.get()
    assert "Withdraw your request?" in text(page.get(f"/portal/refunds/{case.number}/withdraw/"))
    page.post(f"/portal/refunds/{case.number}/withdraw/")
    case.refresh_from_db()
    assert case.state == "withdrawn"
