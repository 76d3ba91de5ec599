"""The case page: everything somebody needs who decides, read top to bottom, on one page."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.refusals import Refusal
from credits.wallets import prove
from doors.desk.pages import show
from refunds import cases, duplicates
from refunds.cases import rights, rulings
from refunds.cases.deciding import assert_may_confirm
from refunds.cases.handling import left_to_ask
from refunds.cases.refusals import MayNot
from refunds.models import Case, Denial, Grounds, Refund, State
from refunds.models.cases import Side
from refunds.serial import decision_from_json
from storefront.models import Download, Purchase

OTHERS = 10
ENTRIES = 30


@dataclass(frozen=True)
class Act:
    """A button of the case page: where it leads, what it says, and which of them is the one to press next."""

    name: str
    label: str
    main: bool = False


def load(number: str) -> Case:
    found = Case.objects.select_related(
        "purchase__terms",
        "purchase__payment",
        "purchase__customer",
        "customer",
        "publisher",
        "opened_by",
        "assigned_to",
        "proposed_by",
        "compensation",
    )
    return get_object_or_404(found, number=number)


def case_page(request: HttpRequest, number: str) -> HttpResponse:
    case = load(number)
    # Whoever asks about their own purchase reads what a customer reads, here too.
    side = Side.CUSTOMER if case.customer_id == request.user.pk else Side.SUPPORT
    context: dict[str, Any] = {
        "case": case,
        "acts": acts_for(case, request.user),
        "own": is_own(case, request.user),
        "story": cases.lines(case, side=side),
        "items": _items(case),
        "answers": list(case.answers.select_related("publisher", "answered_by")),
        **_others(case),
    }
    if case.purchase is not None:
        context |= _evidence(case, case.purchase)
    if case.grounds == Grounds.CREDITS_WRONG:
        context |= {
            "findings": prove(case.customer_id),
            "entries": case.customer.wallet.entries.select_related("lot").order_by("-number")[:ENTRIES],
        }
    return show(request, "case", f"Request {case.number}", context)


def acts_for(case: Case, person: Any) -> list[Act]:
    """Only what this person can do now; the services say no to everything else."""
    if not case.is_open or is_own(case, person):
        return []
    if case.state == State.WAITING_FOR_SECOND_AGENT:
        return _second_acts(case, person)
    acts = []
    if case.grounds == Grounds.CREDITS_WRONG or case.purchase is None or case.purchase.status != "completed":
        acts.append(Act("answer", "Answer", main=True))
    else:
        acts.append(Act("approve", "Approve", main=True))
        acts.append(Act("answer", "Answer"))
    if case.grounds != Grounds.CREDITS_WRONG:
        acts.append(Act("reject", "Reject"))
    if _can_ask(case):
        acts.append(Act("ask-publisher", "Ask the publishers"))
    return [
        *acts,
        Act("assign", "Assign"),
        Act("hand-over", "Hand over to a lead"),
        Act("note", "Private note"),
    ]


def _can_ask(case: Case) -> bool:
    try:
        return bool(left_to_ask(case))
    except Refusal:
        return False


def is_own(case: Case, person: Any) -> bool:
    if case.purchase is None:
        return bool(case.customer_id == person.pk)
    return is_own_purchase(case.purchase, person)


def is_own_purchase(purchase: Purchase, person: Any) -> bool:
    return purchase.customer_id == person.pk or rights.sells_in(person, purchase)


def _second_acts(case: Case, person: Any) -> list[Act]:
    acts = [Act("take-back", "Take the proposal back"), Act("reject", "Reject"), Act("note", "Private note")]
    try:
        assert_may_confirm(case, person)
    except MayNot:
        return acts
    return [Act("confirm", "Confirm", main=True), *acts]


def _items(case: Case) -> list[Any]:
    lines = case.items.select_related("item__publisher", "item__asset").order_by("item__position")
    return [line.item for line in lines]


def _evidence(case: Case, purchase: Purchase) -> dict[str, Any]:
    found = rulings.standing(case)
    downloads = (
        Download.objects.filter(purchase=purchase)
        .select_related("item", "asset", "via", "struck_by")
        .order_by("at", "id")
    )
    refund = Refund.objects.select_related("credit_note", "requested_by").filter(purchase=purchase).first()
    judged = found.decision
    if refund is not None and refund.case_id == case.pk:
        # What was judged then; today's answer would only say that it is refunded.
        judged = decision_from_json(json.loads(refund.decision))
    return {
        "decision": judged,
        "standing": found,
        "downloads": downloads,
        "pairs": duplicates.pairs(purchase),
        "denials": Denial.objects.filter(purchase=purchase).order_by("-id")[:5],
        "refund": refund,
    }


def _others(case: Case) -> dict[str, Any]:
    """The customer's other purchases and earlier refunds: plain facts, no score."""
    purchases: Sequence[Purchase] = list(
        Purchase.objects.filter(customer=case.customer_id)
        .exclude(pk=case.purchase_id)
        .order_by("-created_at", "-id")[: OTHERS + 1]
    )
    return {
        "others": purchases[:OTHERS],
        "more_others": len(purchases) > OTHERS,
        "refunds": Refund.objects.filter(customer=case.customer_id)
        .exclude(purchase=case.purchase_id)
        .select_related("purchase", "credit_note")
        .order_by("-id")[:OTHERS],
        "earlier_cases": Case.objects.filter(customer=case.customer_id)
        .exclude(pk=case.pk)
        .select_related("purchase")
        .order_by("-opened_at")[:OTHERS],
    }
