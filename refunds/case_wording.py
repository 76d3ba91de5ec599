"""The words for the steps and states of a case, in one table each for all readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from refunds.models import Answer, Case

# By the code of the act; {publisher} is the publisher that it concerns.
ACTS: dict[str, StrOrPromise] = {
    "opened": _lazy("Opened the request"),
    "requested": _lazy("Asked support for a refund on the customer's behalf"),
    "asked_publisher": _lazy("{publisher} was asked"),
    "reminded": _lazy("{publisher} was reminded"),
    "authorised": _lazy("Said yes to a refund of its items"),
    "declined": _lazy("Said no to a refund of its items"),
    "help_offered": _lazy("Offered help"),
    "help_accepted": _lazy("Accepted the help of {publisher}, which has seven days more"),
    "help_refused": _lazy("Did not want the help of {publisher}"),
    "mine": _lazy("Confirmed the publisher's request"),
    "not_mine": _lazy("Wants to keep the purchase, which withdraws the request"),
    "publisher_silent": _lazy("{publisher} did not answer in time"),
    "customer_silent": _lazy("Three days went by without an answer from the customer"),
    "message": _lazy("Wrote a message"),
    "solved": _lazy("Said that it is solved"),
    "withdrawn": _lazy("Withdrew the request"),
    "assigned": _lazy("Gave the request to an agent"),
    "handed_over": _lazy("Handed the request over to a lead"),
    "noted": _lazy("Made a note"),
    "asking": _lazy("Asked the publishers"),
    "overdue": _lazy("Support's time passed; a lead looks at it first"),
    "struck": _lazy("Struck a download"),
    "proposed": _lazy("Proposed a decision; a second agent looks at it"),
    "taken_back": _lazy("Took the proposal back"),
    "confirmed": _lazy("Confirmed the decision as second agent"),
    "approved": _lazy("Approved the request"),
    "rejected": _lazy("Rejected the request"),
    "answered": _lazy("Answered the request"),
    "refunded": _lazy("Closed by a refund"),
    "charged_back": _lazy("Closed by a charge-back"),
}

# The customer is "you" in the customer's own time line.
ACTS_TO_CUSTOMER: dict[str, StrOrPromise] = ACTS | {
    "requested": _lazy("Asked support for a refund for you"),
    "customer_silent": _lazy("Three days went by without an answer from you"),
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
CANNED: tuple[tuple[StrOrPromise, StrOrPromise], ...] = (
    (
        _lazy("More than the window"),
        (
            _lazy(
                "Thank you for writing to us. The time for a refund was over when you asked, and we found no "
                "reason to make an exception here."
            )
        ),
    ),
    (
        _lazy("The publisher said no"),
        _lazy(
            "We asked the publisher, and it did not agree to a refund. Its answer stands in the time line of your request."
        ),
    ),
    (
        _lazy("The download was not yours"),
        _lazy(
            "We looked at the download record and found that you did not start this download. It no longer counts."
        ),
    ),
    (
        _lazy("Charged twice"),
        (
            _lazy(
                "You bought the same thing twice without meaning to. We are sorry for the trouble; the second purchase is "
                "refunded, and the first stays in your library."
            )
        ),
    ),
    (
        _lazy("Your balance is right"),
        (
            _lazy(
                "We went through every line of your credits and they add up. Your credits page lists each movement with the "
                "balance after it."
            )
        ),
    ),
    (
        _lazy("Please tell us more"),
        _lazy("We need to know a little more before we can decide: what did you try, and what happened?"),
    ),
)


TO_CUSTOMER: dict[str, StrOrPromise] = {
    "waiting_for_publisher": _lazy(
        "We asked {publishers}. When everybody has answered, or the time is over, support decides."
    ),
    "waiting_for_customer": _lazy(
        "{publisher} asked us to refund this purchase for you. Is that what you want?"
    ),
    "waiting_for_support": _lazy("A person reads your request and answers it."),
    "waiting_for_second_agent": _lazy("Support has looked at it, and a second person checks it."),
    "approved": _lazy("Your request was approved."),
    "rejected": _lazy("Your request was rejected. The reason stands in the time line."),
    "answered": _lazy("Your request was answered. The answer stands in the time line."),
    "withdrawn": _lazy("The request was withdrawn, and nothing was changed by it."),
    "closed_by_refund": _lazy("The purchase was settled in another way, which closed this request."),
}


def says_to_customer(case: Case, answers: Sequence[Answer]) -> str:
    """Where a case stands, in one or two sentences to the customer."""
    names = _listed([answer.publisher.name for answer in answers if answer.authorised is None])
    return TO_CUSTOMER[case.state].format(
        publishers=names or _("the publisher"), publisher=case.publisher or _("The publisher")
    )


def _listed(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])
