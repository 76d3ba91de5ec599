"""Every letter of a case reads well, and tells a publisher nothing of the customer."""

from datetime import timedelta

import pytest

from outbox.models import Message
from outbox.rendering import render
from refunds import cases
from tests.refunds.requests import approve, ask, no, request, yes
from tests.world import NOW, buy

pytestmark = pytest.mark.django_db(transaction=True)


def test_every_letter_of_a_long_case_is_whole(
    ada, sam, lea, oak, fern, moss, bark, slate, grove, gil, quarry
):
    case = ask(ada, buy(ada, oak, days_ago=45))
    cases.do(
        "offer_help", case=case, publisher=grove, by=gil, note="Try <b>version 2</b>.", door="portal", now=NOW
    )
    cases.do("accept_help", case=case, by=ada, door="page", now=NOW)
    cases.escalate_cases(NOW + timedelta(days=8))
    cases.do(
        "publisher_message", case=case, by=gil, publisher=grove, note="Any news?", door="portal", now=NOW
    )
    yes(case, grove, gil)
    approve(case, sam, 40, note="Gladly.")
    rejected = ask(ada, buy(ada, fern, days_ago=45), key="k2")
    no(rejected, grove, gil)
    cases.do("reject", case=rejected, by=sam, note="The publisher said no.", now=NOW)
    answered = ask(ada, None, "credits_wrong", key="k3")
    cases.do("answer", case=answered, by=lea, note="It was late.", credits=3, now=NOW)
    kept = request(gil, grove, buy(ada, moss, days_ago=45))
    cases.do("keep", case=kept, by=ada, door="page", now=NOW)
    taken_back = request(gil, grove, buy(ada, bark, days_ago=45), key="r2")
    cases.do("withdraw_request", case=taken_back, publisher=grove, by=gil, door="portal", now=NOW)
    opened = cases.open_by_agent(
        purchase=buy(ada, slate, days_ago=45), by=sam, grounds="other", note="She called us.", now=NOW
    )
    cases.do("solve", case=opened, by=ada, door="page", now=NOW)
    written = {message.template: message for message in Message.objects.filter(template__startswith="case_")}
    assert sorted(written) == [
        "case_answered",
        "case_approved",
        "case_closed_publisher",
        "case_help_answered",
        "case_help_offered",
        "case_kept",
        "case_message",
        "case_opened",
        "case_opened_for_you",
        "case_publisher_asked",
        "case_publisher_reminded",
        "case_publisher_request",
        "case_rejected",
        "case_with_support",
        "case_withdrawn",
        "case_withdrawn_publisher",
    ]
    for template, message in written.items():
        letter = render(message)
        whole = letter.subject + letter.text + letter.html
        assert letter.subject, template
        assert "None" not in whole, template
        assert "{" not in letter.subject + letter.text, template
        assert "<b>version" not in letter.html, template
        if message.to.endswith((".example",)) and "store" not in message.to:
            assert "Ada" not in whole, template
            assert "ada@example.com" not in whole, template


def test_a_letter_names_who_wrote_and_calls_the_grounds_by_their_words(ada, sam, gil, grove, moss):
    case = ask(ada, buy(ada, moss, days_ago=45), "defective")
    cases.do("message", case=case, by=sam, note="Which version?", now=NOW)
    cases.do(
        "publisher_message", case=case, publisher=grove, by=gil, door="portal", note="And where?", now=NOW
    )
    by_support, by_publisher = map(render, Message.objects.filter(template="case_message").order_by("pk"))
    assert {by_support.subject, by_publisher.subject} == {
        f"Support wrote about your request {case.number}",
        f"{grove} wrote about your request {case.number}",
    }
    asked = Message.objects.get(template="case_publisher_asked")
    assert asked.data["grounds"] == "defective"
    assert "Grounds: It does not work." in render(asked).text
