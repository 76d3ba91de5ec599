"""Requests that wait for a publisher's yes or no."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from outbox.models import Message
from refunds import cases
from refunds.models import Answer, Case
from refunds.services import charge_back
from storefront.models import Download
from tests.portal.pages import NOW, ask_support, browser, buy, errors, text
from tests.refunds.test_verification import refund
from tests.world import agent, fetch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case(ada, gil, moss):
    """Ada says that the moss, which she downloaded, does not work."""
    return ask_support(ada, buy(ada, moss, days_ago=10, downloaded=[moss]), days_ago=2)


def page_of(case, act=""):
    return f"/portal/refunds/{case.number}/{act}"


def test_what_waits_stands_first_with_its_deadline(gil, case):
    for address in ("/portal/", "/portal/refunds/"):
        said = text(browser(gil).get(address))
        assert case.number in said
        assert "11 more days" in said
    assert "1 request waits for your answer" in text(browser(gil).get("/portal/"))


def test_the_evidence_is_there_and_the_customer_is_not(ada, gil, quinn, cliff, slate, moss):
    purchase = buy(ada, cliff, days_ago=10)
    fetch(ada, slate, at=NOW - timedelta(days=9))
    fetch(ada, moss, at=NOW - timedelta(days=8), because_of=slate)
    found = ask_support(ada, purchase, days_ago=2, uploads=[cases.Upload(name="screen.txt", content=b"see")])
    said = text(browser(gil).get(page_of(found)))
    assert "Moss , 16 credits" in said
    assert "Moss 1.0," in said
    assert "because Slate requires it" in said
    assert "The leaves flicker in the distance" in said
    assert "Slate 1.0" not in said
    assert "screen.txt" not in said
    for secret in ("Ada", "ada@example.com"):
        assert secret not in said


def test_a_struck_download_is_said_to_be_struck(sam, gil, case):
    cases.strike(downloads=[Download.objects.get()], by=sam, why="It failed.", now=NOW)
    assert "struck: does not count" in text(browser(gil).get(page_of(case)))


def test_yes(gil, grove, case):
    page = browser(gil)
    assert "at your cost" in text(page.get(page_of(case, "authorise/")))
    answer = page.post(page_of(case, "authorise/"), {"note": "Fine with us.", "for": "grove"})
    assert answer["Location"] == page_of(case)
    assert list(Answer.objects.values_list("publisher", "authorised", "answered_by", "note")) == [
        (grove.pk, True, gil.pk, "Fine with us.")
    ]
    case.refresh_from_db()
    assert case.state == "waiting_for_support"
    assert "You authorised the refund of your items" in text(page.get(page_of(case)))


def test_no_needs_a_reason(gil, case):
    page = browser(gil)
    answer = page.post(page_of(case, "decline/"), {"note": "  "})
    assert answer.status_code == 422
    assert Answer.objects.get().authorised is None
    page.post(page_of(case, "decline/"), {"note": "It works in every version that we list."})
    assert Answer.objects.get().authorised is False


def test_help_is_offered_once_and_the_customer_hears_of_it(ada, gil, case):
    page = browser(gil)
    page.post(page_of(case, "offer-help/"), {"note": "Send us your scene."})
    assert "You offered help on" in text(page.get(page_of(case)))
    again = page.post(page_of(case, "offer-help/"), {"note": "Send us your scene, please."})
    assert "This was answered already" in errors(again)[0]
    assert "Send us your scene, please." in again.content.decode()
    cases.do("accept_help", case=Case.objects.get(), by=ada, door="page", now=NOW)
    assert "The customer accepted it." in text(page.get(page_of(case)))


def test_answering_twice_is_refused_with_the_first_answers_date(gil, case):
    page = browser(gil)
    page.post(page_of(case, "authorise/"), {"note": ""})
    again = page.post(page_of(case, "decline/"), {"note": "On second thoughts, no."})
    assert again.status_code == 422
    assert "This was answered already, on" in errors(again)[0]
    assert "On second thoughts, no." in again.content.decode()
    assert Answer.objects.get().authorised is True


def test_answering_after_the_refund_is_refused(ada, gil, fern):
    purchase = buy(ada, fern, days_ago=3)
    case = ask_support(ada, purchase, days_ago=2)
    refund(ada, purchase, 30, now=NOW)
    answer = browser(gil).post(page_of(case, "authorise/"), {"note": "Late."})
    assert "closed already" in errors(answer)[0]
    assert Answer.objects.get().authorised is None


@pytest.mark.parametrize(
    "act", ["", "authorise/", "decline/", "offer-help/", "withdraw/", "messages/", "files/abc/"]
)
def test_another_publishers_request_never_was(quinn, gil, case, act):
    page = browser(quinn)
    there, nowhere = page.get(page_of(case, act)), page.get(f"/portal/refunds/C00000000/{act}")
    assert there.status_code == nowhere.status_code == (405 if act == "messages/" else 404)
    assert there.content == nowhere.content
    posted = page.post(page_of(case, act), {"note": "We say yes."})
    assert posted.status_code == 404
    assert Answer.objects.get().authorised is None


def test_a_customers_request_cannot_be_withdrawn_by_the_publisher(gil, case):
    assert browser(gil).post(page_of(case, "withdraw/")).status_code == 404
    case.refresh_from_db()
    assert case.is_open


def test_a_shared_file_is_a_download_in_a_sandbox_and_another_one_never_was(ada, gil, moss):
    case = ask_support(
        ada, buy(ada, moss, days_ago=10), uploads=[cases.Upload(name="see.txt", content=b"words")], share=True
    )
    cases.do(
        "customer_message", case=case, by=ada, note="Only for support.",
        uploads=[cases.Upload(name="mine.txt", content=b"private")], door="page", now=NOW,
    )  # fmt: skip
    shared, private = case.attachments.order_by("id")
    answer = browser(gil).get(page_of(case, f"files/{shared.ref}/"))
    assert answer.content == b"words"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert browser(gil).get(page_of(case, f"files/{private.ref}/")).status_code == 404


def test_history_says_how_each_ended_and_when_the_store_bore_it(ada, gil, lea, moss, case):
    page = browser(gil)
    page.post(page_of(case, "decline/"), {"note": "It works."})
    cases.do(
        "approve",
        case=Case.objects.get(),
        by=lea,
        credits=20,
        keep=frozenset(),
        note="We take this one.",
        now=NOW,
    )
    said = text(page.get("/portal/refunds/"))
    assert "How they ended" in said
    assert "Approved Refunded by the store" in said
    assert "Refunded by the store. Your share of the sale stays yours." in text(page.get(page_of(case)))


def test_after_a_charge_back_the_request_is_closed_and_says_so(gil, lea, case):
    charge_back(purchase=case.purchase, by=lea, why="The bank said so.", now=NOW)
    said = text(browser(gil).get(page_of(case)))
    assert "Closed by a charge-back" in said


def test_what_the_policy_granted_at_the_opening_is_said_and_where_it_still_does(ada, gil, moss, fern):
    then = ask_support(ada, buy(ada, moss, days_ago=31), days_ago=2)
    still = ask_support(ada, buy(ada, fern, days_ago=10), days_ago=2)
    page = browser(gil)
    assert "When the request was opened, the refund policy granted it by itself." in text(
        page.get(page_of(then))
    )
    said = text(page.get(page_of(still)))
    assert f"Point them to it: http://127.0.0.1:8000/purchases/{still.purchase.number}/refund/" in said


def test_a_message_goes_onto_the_time_line_and_to_the_customer(gil, case):
    page = browser(gil)
    page.post(page_of(case, "messages/"), {"message": "Which version do you use?"})
    assert "Which version do you use?" in text(page.get(page_of(case)))
    assert Message.objects.filter(template="case_message", to="ada@example.com").count() == 1
    empty = page.post(page_of(case, "messages/"), {"message": " "})
    assert (empty.status_code, errors(empty)) == (422, ["This field is required."])
    assert browser(gil).get(page_of(case, "messages/")).status_code == 405


def test_the_statements_do_not_grow_with_the_requests(ada, gil, moss):
    page, counts = browser(gil), []
    for _ in range(2):
        for _ in range(3):
            ask_support(ada, buy(ada, moss, days_ago=40, again=True))
        closed = ask_support(ada, buy(ada, moss, days_ago=40, again=True))
        cases.do("withdraw", case=closed, by=ada, door="page", now=NOW)
        with CaptureQueriesContext(connection) as statements:
            assert page.get("/portal/refunds/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_removed_member_cannot_answer_any_more(gil, grove, case):
    other = agent("Otto")
    assert browser(other).post(page_of(case, "authorise/"), {"note": ""}).status_code == 403
    page = browser(gil)
    grove.memberships.all().delete()
    assert page.post(page_of(case, "authorise/"), {"note": ""}).status_code == 403
    assert Answer.objects.get().authorised is None


def test_a_closed_request_of_a_customer_has_no_page_for_withdrawing_it_either(ada, gil, case):
    cases.do("withdraw", case=case, by=ada, door="page", now=NOW)
    assert browser(gil).get(page_of(case, "withdraw/")).status_code == 404
    assert browser(gil).post(page_of(case, "withdraw/")).status_code == 404
