"""What a publisher's machine asks: is this invoice real, and refunds on a customer's behalf."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import Publisher
from doors.api import shapes
from doors.api.authentication import key_of, publisher_of
from doors.api.cases import FORM, JSON, READS, case_in_brief, case_json, files
from doors.api.described import described
from doors.api.fields import Slug, Strict, Text, read
from doors.api.keys import answered, asking
from doors.api.paging import PAGED, listed
from doors.api.views import Route, say
from ground.refusals import Refusal
from refunds import cases
from refunds.meant import invoice_meant, not_yours
from refunds.models import Case
from refunds.models.cases import Side
from refunds.verification import VerifiedItem, verify

READ, WRITE = "publisher:read", "publisher:write"
# What the three answers have in common.
ANSWER: dict[str, Any] = {
    "scope": WRITE,
    "answers": {200: shapes.CaseAnswer},
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


class PublisherInvoice(Route):
    scopes = {"GET": READ}

    @described(
        "Verify an invoice number",
        name="publisher_invoice",
        scope=READ,
        answers={200: shapes.VerifiedInvoiceAnswer},
        problems=["unknown_invoice", "too_many_look_ups", "busy"],
        more="In any spelling: IN 0100-0000-0007 too.",
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        rows = _verified(request, publisher_of(request), number)
        if not rows:
            raise UnknownInvoice
        return say(
            {
                "invoice": rows[0].invoice,
                "date": rows[0].date.isoformat(),
                "items": [_item(row) for row in rows],
            }
        )


class RefundRequests(Route):
    scopes = {"GET": READ, "POST": WRITE}
    params = PAGED
    parser_classes: ClassVar = READS

    @described(
        "List the requests that concern us",
        name="publisher_requests",
        scope=READ,
        answers={200: shapes.a_page_of(shapes.CaseInList)},
        paged=True,
    )
    def get(self, request: Request) -> HttpResponse:
        rows = Case.objects.of_publisher(publisher_of(request)).select_related("purchase")
        return say(
            listed(
                request,
                rows,
                ordering=("-opened_at", "-id"),
                draw=lambda page: [case_in_brief(case) for case in page],
            )
        )

    @described(
        "Ask for a customer's refund",
        name="publisher_request",
        scope=WRITE,
        key="taken",
        body={JSON: RequestToSend, FORM: RequestWithFiles},
        answers={201: shapes.CaseAnswer},
        problems=["case_open", "grounds_do_not_fit", "bad_attachment", "too_many_look_ups"],
        more="It is the publisher's yes for its own items; the customer is asked whether it is theirs.",
    )
    def post(self, request: Request) -> HttpResponse:
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


class OneRefundRequest(Route):
    scopes = {"GET": READ}

    @described(
        "Read a request",
        name="publisher_request_read",
        scope=READ,
        answers={200: shapes.CaseAnswer},
        problems=["not_found"],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        publisher = publisher_of(request)
        return say(_as_seen_by(publisher, _concerning(publisher, number)))


class AnswerOfPublisher(Route):
    """`act` is the name in the table of acts."""

    scopes = {"POST": WRITE}
    act = "authorise"
    reads: type[Strict] = Note

    def post(self, request: Request, number: str) -> HttpResponse:
        note, publisher = read(self.reads, request)["note"], publisher_of(request)
        case = cases.do(
            self.act,
            case=_concerning(publisher, number),
            publisher=publisher,
            by=request.user,
            note=note,
            door="api",
            now=request.now,
        )
        return say(_as_seen_by(publisher, case))


@extend_schema_view(
    post=described("Say yes, for our own items", name="publisher_authorise", body=Note, **ANSWER)
)
class Authorise(AnswerOfPublisher):
    act = "authorise"


@extend_schema_view(post=described("Say no", name="publisher_decline", body=NoteNeeded, **ANSWER))
class Decline(AnswerOfPublisher):
    act = "decline"
    reads = NoteNeeded


@extend_schema_view(post=described("Offer help", name="publisher_offer_help", body=NoteNeeded, **ANSWER))
class OfferHelp(AnswerOfPublisher):
    act = "offer_help"
    reads = NoteNeeded


def _verified(request: Request, publisher: Publisher, number: str) -> list[VerifiedItem]:
    return verify(
        publisher=publisher,
        numbers=[number],
        by=request.user,
        api_key=key_of(request),
        door="api",
        now=request.now,
    )


def _item(row: VerifiedItem) -> dict[str, Any]:
    return {
        "package": row.package,
        "asset": row.item.asset.slug,
        "quantity": row.quantity,
        "credits": row.credits,
        "status": row.status,
        "downloaded": row.downloaded,
        "refunded": row.refunded,
        "other_license": row.other_license,
        "reason": row.reason,
    }


def _concerning(publisher: Publisher, number: str) -> Case:
    rows = Case.objects.of_publisher(publisher).select_related("purchase")
    return get_object_or_404(rows, number=number)


def _as_seen_by(publisher: Publisher, case: Case) -> dict[str, Any]:
    return case_json(case, side=Side.PUBLISHER, publisher=publisher)
