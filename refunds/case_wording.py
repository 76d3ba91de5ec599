"""What the acts and states of a case are called: one table each, whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from refunds.models import Answer, Case

# By the code of the act; {publisher} is the publisher that it concerns.
ACTS = {
    "opened": "Opened the request",
    "requested": "Asked support for a refund on the customer's behalf",
    "asked_publisher": "{publisher} was asked",
    "reminded": "{publisher} was reminded",
    "authorised": "Said yes to a refund of its items",
    "declined": "Said no to a refund of its items",
    "help_offered": "Offered help",
    "help_accepted": "Accepted the help of {publisher}, which has seven days more",
    "help_refused": "Did not want the help of {publisher}",
    "mine": "Confirmed the publisher's request",
    "not_mine": "Wants to keep the purchase, which withdraws the request",
    "publisher_silent": "{publisher} did not answer in time",
    "customer_silent": "Three days went by without an answer from the customer",
    "message": "Wrote a message",
    "solved": "Said that it is solved",
    "withdrawn": "Withdrew the request",
    "assigned": "Gave the request to an agent",
    "handed_over": "Handed the request over to a lead",
    "noted": "Made a note",
    "asking": "Asked the publishers",
    "overdue": "Support's time passed; a lead looks at it first",
    "struck": "Struck a download",
    "proposed": "Proposed a decision; a second agent looks at it",
    "taken_back": "Took the proposal back",
    "confirmed": "Confirmed the decision as second agent",
    "approved": "Approved the request",
    "rejected": "Rejected the request",
    "answered": "Answered the request",
    "refunded": "Closed by a refund",
    "charged_back": "Closed by a charge-back",
}

# The customer is "you" in the customer's own time line.
ACTS_TO_CUSTOMER = ACTS | {
    "requested": "Asked support for a refund for you",
    "customer_silent": "Three days went by without an answer from you",
}

# Steps that only support sees: its own work, which concerns nobody else.
FOR_SUPPORT = {"assigned", "handed_over", "noted", "proposed", "taken_back", "confirmed", "overdue"}

TONES = {
    "approved": "back",
    "refunded": "back",
    "authorised": "back",
    "declined": "no",
    "rejected": "no",
    "charged_back": "no",
    "not_mine": "no",
}

# Letters that agents write often; the text is theirs to change before it is sent.
CANNED = (
    (
        "More than the window",
        (
            "Thank you for writing to us. The time for a refund was over when you asked, and we found no reason to make an "
            "exception here."
        ),
    ),
    (
        "The publisher said no",
        "We asked the publisher, and it did not agree to a refund. Its answer stands in the time line of your request.",
    ),
    (
        "The download was not yours",
        "We looked at the download record and found that you did not start this download. It no longer counts.",
    ),
    (
        "Charged twice",
        (
            "You bought the same thing twice without meaning to. We are sorry for the trouble; the second purchase is "
            "refunded, and the first stays in your library."
        ),
    ),
    (
        "Your balance is right",
        (
            "We went through every line of your credits and they add up. Your credits page lists each movement with the "
            "balance after it."
        ),
    ),
    (
        "Please tell us more",
        "We need to know a little more before we can decide: what did you try, and what happened?",
    ),
)


TO_CUSTOMER = {
    "waiting_for_publisher": "We asked {publishers}. When everybody has answered, or the time is over, support decides.",
    "waiting_for_customer": "{publisher} asked us to refund this purchase for you. Is that what you want?",
    "waiting_for_support": "A person reads your request and answers it.",
    "waiting_for_second_agent": "Support has looked at it, and a second person checks it.",
    "approved": "Your request was approved.",
    "rejected": "Your request was rejected. The reason stands in the time line.",
    "answered": "Your request was answered. The answer stands in the time line.",
    "withdrawn": "The request was withdrawn, and nothing was changed by it.",
    "closed_by_refund": "The purchase was settled in another way, which closed this request.",
}


def says_to_customer(case: Case, answers: Sequence[Answer]) -> str:
    """Where a case stands, in one or two sentences to the customer."""
    names = _listed([answer.publisher.name for answer in answers if answer.authorised is None])
    return TO_CUSTOMER[case.state].format(
        publishers=names or "the publisher", publisher=case.publisher or "The publisher"
    )


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
