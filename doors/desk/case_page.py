"""The case page: everything that a decision needs, on one page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Prefetch, Subquery, Value, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from credits.wallets import prove
from doors.desk.pages import DeskRequest, show
from ground.laws import LawBroken
from refunds import cases, duplicates
from refunds.cases import rights
from refunds.cases.openings import named_items
from refunds.cases.refusals import CannotDecide
from refunds.models import Answer, Case, Denial, Grounds, State
from refunds.models.cases import Side
from refunds.serial import decision_from_json
from storefront.models import Purchase

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

OTHERS = 10
ENTRIES = 30


# In the order in which they stand on the page.
BUTTONS = {
    "confirm": _lazy("Confirm"),
    "approve": _lazy("Approve"),
    "answer": _lazy("Answer"),
    "take_back": _lazy("Take the proposal back"),
    "reject": _lazy("Reject"),
    "ask_publisher": _lazy("Ask the publishers"),
    "assign": _lazy("Assign"),
    "hand_over": _lazy("Hand over to a lead"),
    "note": _lazy("Private note"),
}
# While a proposal waits for its second agent, only these are offered.
ABOUT_A_PROPOSAL = ("confirm", "take_back", "reject", "note")


@dataclass(frozen=True)
class Button:
    """A link to an act; `main` marks the likely next one."""

    name: str
    label: StrOrPromise
    main: bool


def load(number: str, person: User) -> Case:
    """The case with all that its pages read: the purchase, the answers, whether it is the reader's own affair."""
    denials = Denial.objects.filter(purchase=OuterRef("purchase")).order_by("-id")
    rows = Case.objects.select_related(
        "purchase__terms",
        "purchase__payment",
        "purchase__customer",
        "purchase__refund__credit_note",
        "customer__wallet",
        "publisher",
        "opened_by",
        "assigned_to",
        "proposed_by",
        "compensation",
    ).annotate(
        reader_id=Value(person.pk),
        sold_by_reader=Exists(rights.sold_by(person).filter(pk=OuterRef("purchase"))),
        last_denial=Subquery(denials.values("pk")[:1]),
        last_denied_at=Subquery(denials.values("at")[:1]),
    )
    case = get_object_or_404(rows, number=number)
    if case.grounds != Grounds.CREDITS_WRONG:
        answers = Answer.objects.select_related("publisher", "answered_by")
        prefetch_related_objects([case], Prefetch("answers", answers))
    return case


def case_page(request: DeskRequest, number: str) -> HttpResponse:
    case = load(number, request.user)
    # This loads the items, so it comes first: what follows reads them from the case.
    about = _wallet(case) if case.grounds == Grounds.CREDITS_WRONG else _purchase(case)
    # An agent's own request shows them only what a customer sees.
    side = Side.CUSTOMER if case.customer_id == request.user.pk else Side.SUPPORT
    own = bool(rights.own_matter(request.user, case=case))
    context = {
        "case": case,
        "own": own,
        "acts": [] if own else buttons(case, request.user, request.now),
        "story": cases.lines(case, side=side),
        **about,
        **_others(case),
    }
    return show(request, "case", _("Request {number}").format(number=case.number), context)


def buttons(case: Case, person: User, now: datetime) -> list[Button]:
    """Only what this person can do now."""
    hindered = cases.possible(case, person, side=Side.SUPPORT, now=now)
    shown = ABOUT_A_PROPOSAL if case.state == State.WAITING_FOR_SECOND_AGENT else BUTTONS
    # A case that cannot be approved at all is answered.
    main = {"confirm", "answer" if isinstance(hindered["approve"], CannotDecide) else "approve"}
    return [
        Button(name.replace("_", "-"), BUTTONS[name], name in main)
        for name in shown
        if hindered[name] is None
    ]


def _wallet(case: Case) -> dict[str, object]:
    """What decides about credits: the proof of the wallet, and its latest lines."""
    entries = case.customer.wallet.entries.select_related("lot").order_by("-number")
    return {"findings": prove(case.customer_id), "entries": entries[:ENTRIES]}


def _purchase(case: Case) -> dict[str, object]:
    """What decides about a purchase: its items, what publishers say, the policy's opinion, and the evidence."""
    items, purchase = named_items(case), case.purchase
    if purchase is None:
        raise LawBroken("only a request about credits names no purchase")
    standing, held = cases.standing(case), duplicates.held_twice(purchase)
    refund = getattr(purchase, "refund", None)
    judged = standing.decision
    if refund is not None and refund.case_id == case.pk:
        # What was judged then; today's answer would only say that it is refunded.
        judged = decision_from_json(json.loads(refund.decision))
    return {
        "items": items,
        "answers": case.answers.all(),
        "decision": judged,
        "standing": standing,
        "downloads": held.downloads,
        "pairs": held.pairs,
    }


def _others(case: Case) -> dict[str, object]:
    """The customer's other purchases with their refunds, and earlier requests."""
    others = Purchase.objects.filter(customer=case.customer_id).select_related("refund")
    if case.purchase_id is not None:
        others = others.exclude(pk=case.purchase_id)
    purchases = list(others.order_by("-created_at", "-id")[: OTHERS + 1])
    return {
        "others": purchases[:OTHERS],
        "more_others": len(purchases) > OTHERS,
        "earlier_cases": Case.objects.filter(customer=case.customer_id)
        .exclude(pk=case.pk)
        .select_related("purchase")
        .order_by("-opened_at")[:OTHERS],
    }
