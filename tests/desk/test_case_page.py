"""The case page and its acts: what each page says before it does anything."""

from datetime import timedelta

import pytest

from accounts.models import AuditLine
from refunds import cases
from refunds.models import Case, Refund, State
from tests.desk.opening import open_case, text
from tests.refunds.requests import ask, yes
from tests.world import balance, buy, fetch

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_case_page_shows_all_an_agent_needs(as_sam, ada, oak, fern, bark, grove, gil, now):
    buy(ada, fern, days_ago=60, now=now)
    purchase = buy(ada, oak, days_ago=45, now=now)
    fetch(ada, oak, at=now - timedelta(days=44))
    case = ask(ada, purchase, now=now)
    yes(case, grove, gil, now=now)
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/"))
    for told in (
        "The time for a refund is over",
        "This asset was downloaded",
        "Said yes to a refund of its items",
        "Ferns",
        "nothing on record",
        "Strike",
        "Approve",
        "ada@example.com",
    ):
        assert told in page, told


def test_the_approval_says_exactly_what_will_happen_before_it_does(as_sam, ada, oak, grove, gil, now):
    case = open_case(ada, oak, now)
    yes(case, grove, gil, now=now)
    lot = ada.wallet.lots.get()
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/approve/"))
    assert 'name="credits" value="40"' in page
    assert f"back into paid lot {lot.pk}" in page
    assert "The publishers bear it" in page
    assert "From 1 to 40" in page or "from 1 to 40" in page
    assert Refund.objects.count() == 0
    beyond = text(as_sam.get(f"/admin/refunds/case/{case.number}/approve/?credits=41"))
    assert "Give whole credits from 1 to 40" in beyond


def test_two_clicks_decide(as_sam, ada, oak, grove, gil, now):
    case = open_case(ada, oak, now)
    yes(case, grove, gil, now=now)
    address = f"/admin/refunds/case/{case.number}/approve/"
    answer = as_sam.post(address, {"credits": "40", "note": "Gladly.", "private_note": ""})
    assert (answer.status_code, balance(ada)) == (302, 40)
    second = as_sam.post(address, {"credits": "40", "note": "Again."})
    assert second.status_code == 409
    assert "closed already" in text(second)
    assert "Again." in text(second)
    assert (balance(ada), Refund.objects.count()) == (40, 1)
    assert AuditLine.objects.filter(subject=case.number, act="approve").count() == 1


@pytest.mark.parametrize(
    ("act", "data", "state"),
    [
        ("reject", {"note": "It works."}, State.REJECTED),
        ("answer", {"note": "Look here."}, State.ANSWERED),
        ("assign", {}, State.WAITING_FOR_SUPPORT),
        ("hand-over", {"note": "Too much for me."}, State.WAITING_FOR_SUPPORT),
        ("note", {"note": "She called."}, State.WAITING_FOR_SUPPORT),
        ("message", {"note": "When was that?"}, State.WAITING_FOR_SUPPORT),
    ],
)
def test_each_act_is_a_page_that_tells_and_a_post_that_does(as_sam, sam, ada, oak, now, act, data, state):
    case = open_case(ada, oak, now, grounds="server_error")
    address = f"/admin/refunds/case/{case.number}/{act}/"
    assert "What will happen" in text(as_sam.get(address))
    assert as_sam.post(address, data).status_code == 302
    case.refresh_from_db()
    assert case.state == state
    assert (case.assigned_to == sam) == (act == "assign")
    assert case.with_lead == (act == "hand-over")
    assert (balance(ada), AuditLine.objects.filter(by=sam).count()) == (0, 1)


def test_a_note_is_required_where_somebody_reads_it(as_sam, ada, oak, now):
    case = open_case(ada, oak, now)
    for act in ("reject", "answer", "hand-over", "note"):
        assert as_sam.post(f"/admin/refunds/case/{case.number}/{act}/", {"note": "  "}).status_code == 422
    case.refresh_from_db()
    assert (case.is_open, AuditLine.objects.count()) == (True, 0)


def test_a_canned_answer_starts_the_note(as_sam, ada, oak, now):
    case = open_case(ada, oak, now)
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/reject/?canned=1"))
    assert "it did not agree to a refund" in page


def test_publishers_are_asked_again_after_a_silence(as_sam, ada, oak, grove, now):
    from refunds.cases import escalate_cases

    case = ask(ada, buy(ada, oak, days_ago=60, now=now), now=now - timedelta(days=15))
    escalate_cases(now)
    address = f"/admin/refunds/case/{case.number}/ask-publisher/"
    assert "Grove Studio gets a letter" in text(as_sam.get(address))
    as_sam.post(address, {"note": "Please look again."})
    case.refresh_from_db()
    assert case.state == State.WAITING_FOR_PUBLISHER
    assert case.deadline > now + timedelta(days=13)


def test_an_act_that_cannot_be_done_says_why_before_anybody_types(as_sam, sam, ada, oak, now):
    case = open_case(ada, oak, now, grounds="server_error")
    for act in ("confirm", "take-back"):
        page = text(as_sam.get(f"/admin/refunds/case/{case.number}/{act}/"))
        assert "This cannot be done now: the request is waiting for support." in page
        assert "<form" not in page.split("What will happen")[1]
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/ask-publisher/"))
    assert "There is no publisher left to ask." in page
    cases.do("reject", case=case, by=sam, note="It was no error of ours.", now=now)
    for act in ("assign", "answer", "reject", "hand-over", "message", "note", "confirm", "ask-publisher"):
        page = text(as_sam.get(f"/admin/refunds/case/{case.number}/{act}/"))
        assert "This request is closed already: rejected." in page
        assert "gets a letter" not in page


def test_the_second_agent_reads_what_the_yes_does_before_giving_it(as_sam, lea, ada, oak, now):
    case = open_case(ada, oak, now, grounds="server_error")
    lot = ada.wallet.lots.get()
    cases.do("approve", case=case, by=lea, credits=40, keep=frozenset(), note="Our log shows it.", now=now)
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/confirm/"))
    for told in (
        "40 credits",
        "Refunded after a server error.",
        f"back into paid lot {lot.pk}",
        "The publishers bear it",
        "“Our log shows it.”",
    ):
        assert told in page, told
    assert "a second person has to confirm" not in page
    as_sam.post(f"/admin/refunds/case/{case.number}/confirm/", {"note": ""})
    assert balance(ada) == 40


def test_wrong_credits_are_answered_and_never_rejected_nor_asked_of_a_publisher(as_sam, ada, oak, now):
    case = open_case(ada, oak, now, grounds="credits_wrong")
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/"))
    assert [act in page for act in (">Answer<", ">Reject<", ">Ask the publishers<", ">Approve<")] == [
        True,
        False,
        False,
        False,
    ]
    refused = as_sam.post(f"/admin/refunds/case/{case.number}/reject/", {"note": "No."})
    assert (refused.status_code, Case.objects.get().state) == (422, State.WAITING_FOR_SUPPORT)
    assert "A request about wrong credits is answered" in text(refused)


def test_a_free_purchase_is_approved_with_nothing(as_sam, ada, grove, gil, now):
    from storefront.models import Asset

    free = Asset.objects.create(publisher=grove, slug="free", title="Free", price=0, created_at=now)
    case = open_case(ada, free, now)
    yes(case, grove, gil, now=now)
    page = text(as_sam.get(f"/admin/refunds/case/{case.number}/approve/"))
    assert "You can approve 0 credits." in page
    assert as_sam.post(f"/admin/refunds/case/{case.number}/approve/", {"credits": "0"}).status_code == 302
    assert (Refund.objects.get().credits, balance(ada)) == (0, 0)
