"""The table of acts: what `possible` offers is exactly what `do` carries out, whoever asks and wherever a case stands."""

import re
from datetime import timedelta

import pytest
from django.db import transaction

from accounts.people import join
from ground.refusals import Refusal
from refunds import cases
from refunds.case_wording import ACTS as WORDS
from refunds.cases import acts as carrying
from refunds.cases.table import ACTS
from refunds.models import Case, State
from refunds.models.cases import OPEN_STATES, Side
from tests.refunds.requests import ask, request
from tests.world import NOW, agent, buy, member

pytestmark = pytest.mark.django_db(transaction=True)

# What suits each act that takes more than a note.
BROUGHT = {"approve": {"credits": 40}}
LATE = NOW + timedelta(days=15)
# Whether the publisher has answered, whether it has offered help, and what time it is.
SITUATIONS = [(None, False, NOW), (True, False, NOW), (None, True, NOW), (None, False, LATE)]


def stands(case, state, *, answered=None, helps=False, proposer=None):
    """The case as it is in this state."""
    is_open = state in OPEN_STATES
    Case.objects.filter(pk=case.pk).update(
        state=state,
        closed_at=None if is_open else NOW,
        deadline=NOW + timedelta(days=3) if is_open else None,
        proposed_by=proposer if state == State.WAITING_FOR_SECOND_AGENT else None,
        proposed_credits=40 if state == State.WAITING_FOR_SECOND_AGENT else None,
    )
    case.answers.update(
        authorised=answered,
        answered_at=NOW if answered is not None else None,
        help_offered_at=NOW if helps else None,
    )
    return Case.objects.select_related("purchase", "proposed_by", "publisher").get(pk=case.pk)


def told(refusal):
    return refusal and (type(refusal).__name__, str(refusal))


@pytest.fixture
def undone(monkeypatch):
    """Each act is carried out and taken back, so that the next one finds the case as it was."""

    def in_transaction(act):
        with transaction.atomic():
            done = act()
            transaction.set_rollback(True)
        return done

    monkeypatch.setattr(carrying, "in_transaction", in_transaction)


def tried(name, case, person, **more):
    try:
        cases.do(name, case=case, by=person, note="So it is.", **BROUGHT.get(name, {}), **more)
    except Refusal as refusal:
        return told(refusal)
    return None


def differences(case, person, side, *, now, publisher=None, to=None):
    offered = cases.possible(case, person, side=side, now=now, publisher=publisher)
    return {
        (name, case.state, str(person)): (told(why_not), "but", done)
        for name, why_not in offered.items()
        if (done := tried(name, case, person, now=now, publisher=publisher, to=to)) != told(why_not)
    }


@pytest.mark.parametrize(("answered", "helps", "now"), SITUATIONS)
def test_an_act_is_offered_exactly_when_it_is_carried_out(
    ada, ben, sam, lea, gil, quinn, grove, quarry, oak, undone, answered, helps, now
):
    case = ask(ada, buy(ada, oak, days_ago=3), "other")
    gwen, gus = agent("Gwen"), member("Gus", grove)
    join(user=gwen, publisher=grove, now=NOW)
    gus.memberships.all().delete()
    wrong, done = {}, 0
    for state in State.values:
        here = stands(case, state, answered=answered, helps=helps, proposer=lea)
        for person in (ada, ben):
            wrong |= differences(here, person, Side.CUSTOMER, now=now)
        for person, publisher in ((gil, grove), (gus, grove), (quinn, quarry)):
            wrong |= differences(here, person, Side.PUBLISHER, now=now, publisher=publisher)
        for person in (sam, lea, gwen, ben):
            wrong |= differences(here, person, Side.SUPPORT, now=now, to=lea)
        done += sum(why is None for why in cases.possible(here, sam, side=Side.SUPPORT, now=now).values())
    assert wrong == {}
    assert done > 20
    assert Case.objects.get().events.count() == 2


def test_a_publishers_own_request_is_offered_to_it_exactly_as_it_can_be_done(
    ada, gil, lea, sam, grove, oak, undone
):
    case = request(gil, grove, buy(ada, oak, days_ago=3))
    for state in State.values:
        here = stands(case, state, answered=True, proposer=lea)
        assert differences(here, gil, Side.PUBLISHER, now=NOW, publisher=grove) == {}
        assert differences(here, ada, Side.CUSTOMER, now=NOW) == {}
        assert differences(here, sam, Side.SUPPORT, now=NOW) == {}


def test_looking_at_what_is_possible_writes_nothing(ada, sam, oak, django_assert_num_queries):
    case = ask(ada, buy(ada, oak, days_ago=3), "other")
    fresh = stands(case, State.WAITING_FOR_SUPPORT)
    sam.has_perm("refunds.decide_case")
    with django_assert_num_queries(3) as seen:
        offered = cases.possible(fresh, sam, side=Side.SUPPORT, now=NOW)
    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)
    assert [name for name, why_not in offered.items() if why_not is None] == [
        "assign",
        "hand_over",
        "note",
        "message",
        "ask_publisher",
        "approve",
        "reject",
        "answer",
    ]


def test_every_step_of_the_table_has_its_words_and_every_end_is_an_end(ada):
    assert {act.step for act in ACTS.values() if act.step} == set(WORDS)
    assert {act.leads_to for act in ACTS.values()} == {None, *State}
    for act in ACTS.values():
        assert act.states <= set(OPEN_STATES), act.name


# --- Doors -------------------------------------------------------------------------------------------------------


def possible_now(case, person, side, **more):
    found = cases.possible(case, person, side=side, **more)
    return {name for name, why_not in found.items() if why_not is None}


def page_of(client, person, address):
    client.force_login(person)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("state", State.values)
@pytest.mark.parametrize("begin", ["customer", "publisher"])
def test_no_door_shows_an_act_that_is_not_possible(client, ada, gil, sam, lea, grove, oak, state, begin):
    from django.utils import timezone

    now = timezone.now()
    purchase = buy(ada, oak, days_ago=3, now=now)
    case = (
        ask(ada, purchase, "other", now=now)
        if begin == "customer"
        else request(gil, grove, purchase, now=now)
    )
    here = stands(
        case, state, helps=begin == "customer", answered=None if begin == "customer" else True, proposer=lea
    )
    Case.objects.filter(pk=case.pk, deadline__isnull=False).update(deadline=now + timedelta(days=3))
    here.refresh_from_db()

    desk = page_of(client, sam, f"/admin/refunds/case/{case.number}/")
    acts = desk.split('aria-label="Acts"')[1].split("</nav>")[0] if 'aria-label="Acts"' in desk else ""
    shown = {name.replace("-", "_") for name in re.findall(r'href="([-a-z]+)/"', acts)}
    assert shown <= possible_now(here, sam, Side.SUPPORT, now=now)
    assert shown or state not in OPEN_STATES

    shop = page_of(client, ada, f"/cases/{case.number}/")
    buttons = {
        "agree": 'name="mine" value="yes"',
        "keep": 'name="mine" value="no"',
        "accept_help": 'name="accept_help" value="yes"',
        "refuse_help": 'name="accept_help" value="no"',
        "customer_message": "messages/",
        "withdraw": "withdraw/",
    }
    shown = {name for name, button in buttons.items() if button in shop}
    assert shown == possible_now(here, ada, Side.CUSTOMER, now=now) - {"solve"}

    portal = page_of(client, gil, f"/portal/refunds/{case.number}/")
    links = {
        "authorise": "authorise/",
        "decline": "decline/",
        "offer_help": "offer-help/",
        "publisher_message": "messages/",
        "withdraw_request": "withdraw/",
    }
    shown = {name for name, link in links.items() if f"{case.number}/{link}" in portal}
    assert shown == possible_now(here, gil, Side.PUBLISHER, now=now, publisher=grove)
