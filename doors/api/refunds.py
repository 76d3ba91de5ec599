"""The quote of a refund, and the refund."""

import json
from collections.abc import Mapping

from django.http import Http404, HttpResponse

from accounts.models import User
from doors.api import shapes
from doors.api.decision import DecisionShape
from doors.api.fields import Credits, Strict, read
from doors.api.keys import answered, asking
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say
from doors.kinds import problem
from refunds.models import Denial, Refund
from refunds.serial import decision_to_json
from refunds.services import quote, request_refund
from storefront.models import Purchase


class WhatIsExpected(Strict):
    expected_credits = Credits(help_text="the credits of the quote that the customer confirmed")


@route(
    "get",
    "purchases/<invoice:invoice>/refund-quote/",
    "What a refund would be now",
    name="refunds_quote",
    scope="purchases:read",
    answers={200: DecisionShape},
    problems=["not_found"],
)
def read_quote(request: ApiRequest, invoice: str) -> HttpResponse:
    return quoted(request, own(request.user, invoice), request.user)


@route(
    "post",
    "purchases/<invoice:invoice>/refund/",
    "Refund a purchase",
    name="refunds_refund",
    scope="refunds:write",
    body=WhatIsExpected,
    key="needed",
    answers={201: shapes.Refunded},
    problems=["refund_denied", "quote_changed", "not_found"],
)
def refund(request: ApiRequest, invoice: str) -> HttpResponse:
    expected = read(WhatIsExpected, request)["expected_credits"]
    answer = request_refund(
        asking=asking(request, answer_json),
        purchase=own(request.user, invoice),
        expected_credits=expected,
    )
    return answered(answer)


def own(customer: User, invoice: str) -> Purchase:
    try:
        return Purchase.objects.bought_by(customer, invoice)
    except Purchase.DoesNotExist:
        raise Http404 from None


def quoted(request: ApiRequest, purchase: Purchase, requester: User) -> HttpResponse:
    return say(decision_to_json(quote(purchase=purchase, requester=requester, now=request.now).decision))


def answer_json(outcome: Refund | Denial) -> tuple[int, Mapping[str, object]]:
    """A denial is an answer too: with every reason, and kept."""
    if isinstance(outcome, Refund):
        return 201, shapes.Refunded.draw(refund=outcome, balance=outcome.balance)
    decision = json.loads(outcome.decision)
    reasons = " ".join(reason["message"] for reason in decision["reasons"])
    return 422, problem("refund_denied", reasons, decision=decision)
