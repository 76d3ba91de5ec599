"""Cases: what the automatic path cannot answer, and people decide.

Every transition is one function, carried out whole or not at all under the lock of the case's purchase, and kept in the
time line with who, through which door, and why.

- Opening: `open_by_customer(asking=)`, `open_publisher_request(asking=)`, `open_by_agent`. The first two answer once per
  key; the outcome is the Case, or CaseOpen.
- Publishers: `authorise`, `decline`, `offer_help`. Customers: `answer_request`, `accept_help`. Either: `withdraw`,
  `add_message`.
- Agents: `assign`, `hand_over`, `note`, `write_to_customer`, `ask_again`, `strike`;
  then `approve`, `confirm`, `take_back`, `reject`, `answer`.
- By the clock: `escalate_cases`.
- To look at: `lines` (the time line as one side sees it), `visible_attachments`, `standing` and `suggestion` (what a
  decision is measured by).
- Files come as `Upload(name=, content=)`, which `received(request.FILES.getlist(…))` makes; they are told by their
  first bytes.
"""

from refunds.cases.answering import (
    accept_help,
    add_message,
    answer_request,
    authorise,
    decline,
    offer_help,
    withdraw,
)
from refunds.cases.attachments import Upload, received
from refunds.cases.concluding import answer, reject
from refunds.cases.deciding import approve, confirm, take_back
from refunds.cases.escalating import escalate_cases
from refunds.cases.handling import ask_again, assign, hand_over, note, strike, write_to_customer
from refunds.cases.opening import open_by_agent, open_by_customer
from refunds.cases.requesting import open_publisher_request
from refunds.cases.rulings import rule, standing, suggestion
from refunds.cases.timeline import Line, lines, visible_attachments

__all__ = [
    "Line",
    "Upload",
    "accept_help",
    "add_message",
    "answer",
    "answer_request",
    "approve",
    "ask_again",
    "assign",
    "authorise",
    "confirm",
    "decline",
    "escalate_cases",
    "hand_over",
    "lines",
    "note",
    "offer_help",
    "open_by_agent",
    "open_by_customer",
    "open_publisher_request",
    "received",
    "reject",
    "rule",
    "standing",
    "strike",
    "suggestion",
    "take_back",
    "visible_attachments",
    "withdraw",
    "write_to_customer",
]
