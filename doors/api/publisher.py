"""What a publisher's machine asks: is this invoice real, and refunds on a customer's behalf."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from accounts.models import Publisher
from doors.api import case_shapes, shapes
from doors.api.authentication import publisher_of
from doors.api.cases import FORM, JSON, case_json, files
from doors.api.fields import Slug, Strict, Text, read
from doors.api.keys import answered, asking
from doors.api.paging import PAGED, listed
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say
from ground.doors import Door
from ground.refusals import Refusal
from refunds import cases
from refunds.meant import invoice_meant, not_yours
from refunds.models import Case
from refunds.models.cases import Side
from refunds.verification import VerifiedItem, verify

READ, WRITE = "publisher:read", "publisher:write"
REQUEST = "publisher/refund-requests/<case:number>/"
# What the three answers have in common.
ANSWER: dict[str, Any] = {
    "scope": WRITE,
    "answers": {200: case_shapes.CaseAnswer},
    "problems": ["already_answered", "too_late", "case_closed", "not_found", "busy"],
}


class UnknownInvoice(Refusal):
    """Said of unknown numbers and of other publishers' alike."""

    code = "unknown_invoice"
    sentence = "There is no such invoice with an item of yours."


class RequestToSend(Strict):
    email = serializers.EmailField(max_length=254, help_text="a confirmed business address, or a member's")
    subject = Text(required=False, default="", allow_blank=True, max_length=200)
    product = Text(required=False, max_length=200, help_text="the store's name is its only value")
    description = Text(
        max_length=100_000, help_text="the assets to refund, and the reason; the customer reads it"
    )
    items = serializers.ListField(
        child=Slug(), required=False, max_length=500, help_text="slugs; none: all of yours"
    )
    invoice = Text(required=False, default="", allow_blank=True, allow_null=True, max_length=100)

    def validate_product(self, value: str) -> str:
        if value != settings.STORE_NAME:
            raise serializers.ValidationError(
                f"The one product is {settings.STORE_NAME}.", code="invalid_choice"
            )
        return value


class RequestWithFiles(RequestToSend):
    attachments = files()


class Note(Strict):
    note = Text(required=False, default="", allow_blank=True, max_length=100_000)


class NoteNeeded(Strict):
    note = Text(max_length=100_000, help_text="the customer reads it")


@route(
    "get",
    "publisher/invoices/<str:number>/",
    "Verify an invoice number",
    name="publisher_invoice",
    scope=READ,
    writes=True,
    answers={200: shapes.VerifiedInvoiceAnswer},
    problems=["unknown_invoice", "too_many_look_ups", "busy"],
    more="In any spelling: IN 0100-0000-0007 too.",
)
def verify_invoice(request: ApiRequest, number: str) -> HttpResponse:
    rows = _verified(request, publisher_of(request), number)
    if not rows:
        raise UnknownInvoice
    return say(shapes.VerifiedInvoiceAnswer.draw(rows[0], items=rows))


@route(
    "get",
    "publisher/refund-requests/",
    "List the requests that concern us",
    name="publisher_requests",
    scope=READ,
    answers={200: shapes.a_page_of(case_shapes.CaseInList)},
    paged=True,
)
def list_requests(request: ApiRequest) -> HttpResponse:
    rows = Case.objects.of_publisher(publisher_of(request)).select_related("purchase")
    return say(
        listed(
            request,
            rows,
            ordering=("-opened_at", "-id"),
            shape=case_shapes.CaseInList,
        )
    )


@route(
    "post",
    "publisher/refund-requests/",
    "Ask for a customer's refund",
    ignored=PAGED,
    name="publisher_request",
    scope=WRITE,
    key="taken",
    body={JSON: RequestToSend, FORM: RequestWithFiles},
    answers={201: case_shapes.CaseAnswer},
    problems=["case_open", "grounds_do_not_fit", "bad_attachment", "too_many_look_ups"],
    more="It is the publisher's yes for its own items; the customer is asked whether it is theirs.",
)
def send_request(request: ApiRequest) -> HttpResponse:
    told, publisher = read(RequestWithFiles, request), publisher_of(request)
    uploads = cases.received(told.get("attachments", []))
    number = invoice_meant(field=told["invoice"] or "", text=told["description"], files=uploads)
    rows = _verified(request, publisher, number)
    if not rows:
        raise not_yours(number)
    answer = cases.open_publisher_request(
        asking=asking(request, lambda case: (201, _as_seen_by(publisher, case)), needed=False),
        publisher=publisher,
        purchase=rows[0].item.purchase,
        email=told["email"],
        subject=told["subject"] or f"Refund of {number}",
        description=told["description"],
        items=told.get("items"),
        uploads=uploads,
    )
    return answered(answer)


@route(
    "get",
    "publisher/refund-requests/<case:number>/",
    "Read a request",
    name="publisher_request_read",
    scope=READ,
    answers={200: case_shapes.CaseAnswer},
    problems=["not_found"],
)
def read_request(request: ApiRequest, number: str) -> HttpResponse:
    publisher = publisher_of(request)
    return say(_as_seen_by(publisher, _concerning(publisher, number)))


@route(
    "post",
    f"{REQUEST}authorise/",
    "Say yes, for our own items",
    name="publisher_authorise",
    body=Note,
    **ANSWER,
)
def authorise(request: ApiRequest, number: str) -> HttpResponse:
    return _answered(request, number, "authorise", Note)


@route("post", f"{REQUEST}decline/", "Say no", name="publisher_decline", body=NoteNeeded, **ANSWER)
def decline(request: ApiRequest, number: str) -> HttpResponse:
    return _answered(request, number, "decline", NoteNeeded)


@route("post", f"{REQUEST}offer-help/", "Offer help", name="publisher_offer_help", body=NoteNeeded, **ANSWER)
def offer_help(request: ApiRequest, number: str) -> HttpResponse:
    return _answered(request, number, "offer_help", NoteNeeded)


def _answered(request: ApiRequest, number: str, act: str, form: type[Strict]) -> HttpResponse:
    """`act` is the name in the table of acts."""
    note, publisher = read(form, request)["note"], publisher_of(request)
    case = cases.do(
        act,
        case=_concerning(publisher, number),
        publisher=publisher,
        by=request.user,
        note=note,
        door=Door.API,
        now=request.now,
    )
    return say(_as_seen_by(publisher, case))


def _verified(request: ApiRequest, publisher: Publisher, number: str) -> list[VerifiedItem]:
    return verify(
        publisher=publisher,
        numbers=[number],
        by=request.user,
        api_key=request.auth,
        door=Door.API,
        now=request.now,
    )


def _concerning(publisher: Publisher, number: str) -> Case:
    rows = Case.objects.of_publisher(publisher).select_related("purchase")
    return get_object_or_404(rows, number=number)


def _as_seen_by(publisher: Publisher, case: Case) -> dict[str, object]:
    return case_json(case, side=Side.PUBLISHER, publisher=publisher)
