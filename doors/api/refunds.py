"""The quote of a refund, and the refund."""

import json
from typing import Any

from django.http import Http404, HttpResponse
from rest_framework.request import Request

from accounts.models import User
from doors.api import shapes
from doors.api.described import described
from doors.api.errors import problem
from doors.api.fields import Credits, Strict, read
from doors.api.keys import answered, asking
from doors.api.purchases import refund_json
from doors.api.views import Route, say
from refunds.models import Denial, Refund
from refunds.serial import decision_to_json
from refunds.services import quote, request_refund
from storefront.models import Purchase


class WhatIsExpected(Strict):
    expected_credits = Credits(help_text="the credits of the quote that the customer confirmed")


class RefundQuote(Route):
    scopes = {"GET": "purchases:read"}

    @described(
        "What a refund would be now",
        name="refunds_quote",
        scope="purchases:read",
        answers={200: shapes.DecisionShape},
        problems=["not_found"],
    )
    def get(self, request: Request, invoice: str) -> HttpResponse:
        return quoted(request, own(request.user, invoice), request.user)


class RefundOfPurchase(Route):
    scopes = {"POST": "refunds:write"}

    @described(
        "Refund a purchase",
        name="refunds_refund",
        scope="refunds:write",
        body=WhatIsExpected,
        key="needed",
        answers={201: shapes.Refunded},
        problems=["refund_denied", "quote_changed", "not_found"],
    )
    def post(self, request: Request, invoice: str) -> HttpResponse:
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


def quoted(request: Request, purchase: Purchase, requester: User) -> HttpResponse:
    return say(decision_to_json(quote(purchase=purchase, requester=requester, now=request.now).decision))


def answer_json(outcome: Refund | Denial) -> tuple[int, dict[str, Any]]:
    """A denial is an answer too: with every reason, and kept."""
    if isinstance(outcome, Refund):
        return 201, {"refund": refund_json(outcome), "balance": outcome.balance}
    decision = json.loads(outcome.decision)
    said = " ".join(reason["message"] for reason in decision["reasons"])
    return 422, problem("refund_denied", said, decision=decision)
