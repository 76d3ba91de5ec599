"""The table of acts: what a customer, a publisher, an agent or the clock can do with a case, and all that follows."""

from functools import partial

from refunds.cases import by_agent, by_clock, by_customer, by_publisher, rights
from refunds.cases.act import OPEN, Act, Letter, has_a_purchase, in_state
from refunds.cases.openings import ask_those_named
from refunds.cases.words import as_written, optional, words
from refunds.models import State
from refunds.models.cases import Side

ASKED = frozenset({State.WAITING_FOR_PUBLISHER})
REQUESTED = frozenset({State.WAITING_FOR_CUSTOMER})
WITH_SUPPORT = frozenset({State.WAITING_FOR_SUPPORT})
PROPOSED = frozenset({State.WAITING_FOR_SECOND_AGENT})

customer = partial(Act, by=Side.CUSTOMER, whose=by_customer.is_theirs)
publisher = partial(Act, by=Side.PUBLISHER, whose=by_publisher.is_concerned)
asked = partial(Act, by=Side.PUBLISHER, whose=by_publisher.is_asked, states=ASKED)
agent = partial(Act, by=Side.SUPPORT, right=rights.DECIDE)
store = partial(Act, by=Side.STORE)

ROWS = [
    # --- The customer --------------------------------------------------------------------------------------------
    customer(
        name="open", step="opened", then=ask_those_named, to_customer=Letter("case_opened"),
    ),
    customer(
        name="agree", states=REQUESTED, needs=(by_customer.not_answered_yet, in_state),
        effect=partial(by_customer.say_whose, mine=True), step="mine", leads_to=State.WAITING_FOR_SUPPORT,
    ),
    customer(
        name="keep", states=REQUESTED, needs=(by_customer.not_answered_yet, in_state),
        effect=partial(by_customer.say_whose, mine=False), step="not_mine", leads_to=State.WITHDRAWN,
        to_publishers=Letter("case_kept"),
    ),
    customer(
        name="accept_help", states=ASKED, needs=(in_state, by_customer.help_is_offered),
        effect=partial(by_customer.answer_help, accepted=True), step="help_accepted",
        to_publishers=Letter("case_help_answered", fixed={"accepted": True}),
    ),
    customer(
        name="refuse_help", states=ASKED, needs=(in_state, by_customer.help_is_offered),
        effect=partial(by_customer.answer_help, accepted=False), step="help_refused",
        to_publishers=Letter("case_help_answered", fixed={"accepted": False}),
    ),
    customer(
        name="withdraw", states=OPEN, note=optional, step="withdrawn", leads_to=State.WITHDRAWN,
        to_publishers=Letter("case_withdrawn_publisher", fixed={"solved": False}),
    ),
    customer(
        name="solve", states=OPEN, note=optional, step="solved", leads_to=State.WITHDRAWN,
        to_publishers=Letter("case_withdrawn_publisher", fixed={"solved": True}),
    ),
    customer(name="customer_message", states=OPEN, note=words, note_field="message", step="message"),
    # --- The publisher -------------------------------------------------------------------------------------------
    publisher(
        name="request", step="requested", leads_to=State.WAITING_FOR_CUSTOMER,
        to_customer=Letter("case_publisher_request", ("publisher", "note")),
    ),
    asked(
        name="authorise", note=as_written, needs=(by_publisher.pending,),
        effect=partial(by_publisher.answer, yes=True), step="authorised", then=by_publisher.after_an_answer,
    ),
    asked(
        name="decline", note=words, needs=(by_publisher.pending,),
        effect=partial(by_publisher.answer, yes=False), step="declined", then=by_publisher.after_an_answer,
    ),
    asked(
        name="offer_help", note=words, needs=(by_publisher.pending, by_publisher.no_help_offered_yet),
        effect=by_publisher.offer_help, step="help_offered",
        to_customer=Letter("case_help_offered", ("publisher", "note")),
    ),
    publisher(
        name="withdraw_request", whose=by_publisher.asked_itself, states=OPEN - PROPOSED, note=optional,
        needs=(by_publisher.support_is_not_deciding,), step="withdrawn", leads_to=State.WITHDRAWN,
        to_customer=Letter("case_withdrawn"),
        to_publishers=Letter("case_withdrawn_publisher", fixed={"solved": False}),
    ),
    publisher(
        name="publisher_message", states=OPEN, note=words, note_field="message", step="message",
        to_customer=Letter("case_message", ("publisher", "note")),
    ),
    # --- Agents --------------------------------------------------------------------------------------------------
    agent(
        name="open_for_customer", step="opened", then=ask_those_named,
        to_customer=Letter("case_opened_for_you", ("note",)), audit="open_case",
    ),
    agent(
        name="assign", states=OPEN, about_own=True, takes=(by_agent.to_an_agent,), effect=by_agent.assign,
        step="assigned", private=True, audit="assign",
    ),
    agent(
        name="hand_over", states=OPEN, note=words, private=True, effect=by_agent.hand_over,
        step="handed_over", audit="hand_over",
    ),
    agent(name="note", states=OPEN, note=words, private=True, step="noted", audit="note"),
    agent(
        name="message", states=OPEN, note=words, step="message",
        to_customer=Letter("case_message", ("publisher", "note")), audit="message",
    ),
    agent(
        name="ask_publisher", states=WITH_SUPPORT, note=words, needs=(in_state, by_agent.somebody_to_ask),
        step="asking", then=by_agent.ask_who_is_left, audit="ask_publisher",
    ),
    agent(
        name="strike", right=rights.STRIKE, step="struck", then=by_agent.pay_by_policy,
    ),
    agent(
        name="approve", states=OPEN - PROPOSED, note=optional, wallet=True,
        needs=(has_a_purchase, in_state, by_agent.decidable), effect=by_agent.decide,
        then=by_agent.pay_or_propose,
    ),
    agent(
        name="propose", effect=by_agent.propose, step="proposed", private=True,
        leads_to=State.WAITING_FOR_SECOND_AGENT, audit="propose",
    ),
    agent(
        name="confirm", states=PROPOSED, note=optional, private=True, wallet=True,
        needs=(has_a_purchase, in_state, by_agent.is_proposed, by_agent.by_another, by_agent.still_holds),
        step="confirmed", then=by_agent.pay_the_proposal,
    ),
    agent(
        name="take_back", states=PROPOSED, note=words, private=True, needs=(in_state, by_agent.is_proposed),
        effect=by_agent.take_back, step="taken_back", leads_to=State.WAITING_FOR_SUPPORT, audit="take_back",
    ),
    agent(
        name="pay", effect=by_agent.pay, step="approved", leads_to=State.APPROVED,
        to_customer=Letter("case_approved", ("note", "credits")), audit="approve",
    ),
    agent(
        name="reject", states=OPEN, note=words, needs=(by_agent.rejectable,), step="rejected",
        leads_to=State.REJECTED, to_customer=Letter("case_rejected", ("note",)),
        to_publishers=Letter("case_closed_publisher"), audit="reject",
    ),
    agent(
        name="answer", states=OPEN, note=words, takes=(by_agent.may_compensate,), wallet=True,
        effect=by_agent.compensate, step="answered", leads_to=State.ANSWERED,
        to_customer=Letter("case_answered", ("note", "credits")),
        to_publishers=Letter("case_closed_publisher"), audit="answer",
    ),
    # --- The clock, in the order in which it looks ---------------------------------------------------------------
    store(
        name="publisher_silent", states=ASKED, needs=(in_state, by_clock.no_publisher_has_time),
        effect=by_clock.note_the_silent, step="publisher_silent", leads_to=State.WAITING_FOR_SUPPORT,
        to_customer=Letter("case_with_support"),
    ),
    store(
        name="reminded", states=ASKED, needs=(in_state, by_clock.somebody_to_remind), effect=by_clock.remind,
        step="reminded", to_publishers=Letter("case_publisher_reminded", ("own_until",)),
    ),
    store(
        name="customer_silent", states=REQUESTED, needs=(in_state, by_clock.time_is_over),
        step="customer_silent", leads_to=State.WAITING_FOR_SUPPORT,
    ),
    store(
        name="overdue", states=WITH_SUPPORT | PROPOSED,
        needs=(in_state, by_clock.time_is_over, by_clock.not_with_a_lead), effect=by_clock.give_to_leads,
        step="overdue",
    ),
    # --- What follows from another act, or from what happens to the purchase -------------------------------------
    store(
        name="asked_publisher", effect=by_clock.ask, step="asked_publisher",
        leads_to=State.WAITING_FOR_PUBLISHER, to_publishers=Letter("case_publisher_asked"),
    ),
    store(name="refunded", step="refunded", leads_to=State.CLOSED_BY_REFUND),
    store(name="charged_back", step="charged_back", leads_to=State.CLOSED_BY_REFUND),
]  # fmt: skip

ACTS = {row.name: row for row in ROWS}
BY_CLOCK = [row for row in ROWS if row.by == Side.STORE and row.states]
