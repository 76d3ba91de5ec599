"""A customer's requests to support."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from accounts.models import Publisher
from doors.api import case_shapes, shapes
from doors.api.fields import Checked, Slug, Strict, Text, Tick, read
from doors.api.keys import answered, asking
from doors.api.paging import PAGED, listed
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say
from ground.doors import Door
from refunds import cases
from refunds.models import Case, Grounds
from refunds.models.cases import Side
from storefront.models import Purchase

CASES = "cases:write"
JSON, FORM = "application/json", "multipart/form-data"


def files() -> serializers.ListField:
    return serializers.ListField(child=serializers.FileField(allow_empty_file=True), required=False)


class CaseToOpen(Strict):
    invoice = Text(required=False, allow_null=True, default=None, max_length=14)
    items = serializers.ListField(
        child=Slug(), required=False, max_length=500, help_text="slugs; none: all live ones"
    )
    grounds = serializers.ChoiceField(Grounds.values)
    message = Text(max_length=100_000, help_text="at least 50 characters")
    share = Tick(default=False, help_text="show the files to the publisher too")


class CaseWithFiles(CaseToOpen):
    attachments = files()


class MessageToAdd(Strict):
    message = Text(max_length=100_000)
    share = Tick(default=False, help_text="show the files to the publisher too")


class MessageWithFiles(MessageToAdd):
    attachments = files()


class AnswerToGive(Strict):
    mine = Tick(
        required=False, help_text="to a publisher's request: yes, this was me; or no, I want to keep it"
    )
    accept_help = Tick(
        required=False, help_text="to an offer of help: give the publisher a week more, or not"
    )

    def validate(self, attrs: Checked) -> Checked:
        if len(attrs) != 1:
            raise serializers.ValidationError("Say either `mine` or `accept_help`.", code="one_answer")
        return attrs


class Withdrawal(Strict):
    solved = Tick(default=False, help_text="true: the publisher's help solved it")


@route(
    "get",
    "cases/",
    "List my requests to support",
    name="cases_list",
    scope=CASES,
    answers={200: shapes.a_page_of(case_shapes.CaseInList)},
    paged=True,
)
def list_cases(request: ApiRequest) -> HttpResponse:
    rows = Case.objects.of_customer(request.user).select_related("purchase")
    return say(listed(request, rows, ordering=("-opened_at", "-id"), shape=case_shapes.CaseInList))


@route(
    "post",
    "cases/",
    "Open a request",
    ignored=PAGED,
    name="cases_open",
    scope=CASES,
    key="taken",
    body={JSON: CaseToOpen, FORM: CaseWithFiles},
    answers={201: case_shapes.CaseAnswer},
    problems=["case_open", "grounds_do_not_fit", "bad_attachment", "not_found"],
)
def open_case(request: ApiRequest) -> HttpResponse:
    told = read(CaseWithFiles, request)
    purchase = None
    if told["invoice"] is not None:
        purchase = get_object_or_404(Purchase.objects.owned_by(request.user), number=told["invoice"])
    answer = cases.open_by_customer(
        asking=asking(request, lambda case: (201, case_json(case)), needed=False),
        purchase=purchase,
        grounds=told["grounds"],
        message=told["message"],
        items=told.get("items"),
        uploads=cases.received(told.get("attachments", [])),
        share=told["share"],
    )
    return answered(answer)


@route(
    "get",
    "cases/<case:number>/",
    "Read a request",
    name="cases_read",
    scope=CASES,
    answers={200: case_shapes.CaseAnswer},
    problems=["not_found"],
)
def read_case(request: ApiRequest, number: str) -> HttpResponse:
    return say(case_json(_own(request, number)))


@route(
    "post",
    "cases/<case:number>/messages/",
    "Add to a request",
    name="cases_message",
    scope=CASES,
    body={JSON: MessageToAdd, FORM: MessageWithFiles},
    answers={200: case_shapes.CaseAnswer},
    problems=["case_closed", "bad_attachment", "not_found", "busy"],
)
def add_message(request: ApiRequest, number: str) -> HttpResponse:
    told = read(MessageWithFiles, request)
    case, uploads = _own(request, number), cases.received(told.get("attachments", []))
    brought = {"note": told["message"], "uploads": uploads, "share": told["share"]}
    return _done(request, case, "customer_message", **brought)


@route(
    "post",
    "cases/<case:number>/answer/",
    "Answer a publisher's request, or an offer of help",
    name="cases_answer",
    scope=CASES,
    body=AnswerToGive,
    answers={200: case_shapes.CaseAnswer},
    problems=["case_closed", "already_answered", "wrong_state", "not_found", "busy"],
)
def answer(request: ApiRequest, number: str) -> HttpResponse:
    told = read(AnswerToGive, request)
    if "mine" in told:
        act = "agree" if told["mine"] else "keep"
    else:
        act = "accept_help" if told["accept_help"] else "refuse_help"
    return _done(request, _own(request, number), act)


@route(
    "post",
    "cases/<case:number>/withdraw/",
    "Withdraw a request",
    name="cases_withdraw",
    scope=CASES,
    body=Withdrawal,
    answers={200: case_shapes.CaseAnswer},
    problems=["case_closed", "not_found", "busy"],
)
def withdraw(request: ApiRequest, number: str) -> HttpResponse:
    solved = read(Withdrawal, request)["solved"]
    return _done(request, _own(request, number), "solve" if solved else "withdraw")


def _done(request: ApiRequest, case: Case, act: str, **brought: Any) -> HttpResponse:
    fresh = cases.do(act, case=case, by=request.user, door=Door.API, now=request.now, **brought)
    return say(case_json(fresh))


def _own(request: ApiRequest, number: str) -> Case:
    """Those that others opened on this customer's purchases are theirs too."""
    return get_object_or_404(Case.objects.of_customer(request.user).select_related("purchase"), number=number)


def case_json(
    case: Case, *, side: str = Side.CUSTOMER, publisher: Publisher | None = None
) -> dict[str, object]:
    """With the time line as this side sees it."""
    return case_shapes.CaseAnswer.draw(case, timeline=cases.lines(case, side=side, publisher=publisher))
