"""The door of another shop that stands in front of this store: it registers what happens there, line by line, and
asks for quotes and refunds on a customer's behalf."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from drf_spectacular.utils import extend_schema_view
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.request import Request

from accounts.models import User
from doors.api import shapes
from doors.api.authentication import key_of
from doors.api.described import described
from doors.api.errors import as_problem, told
from doors.api.fields import Strict, read
from doors.api.keys import answered, asking, named_customer, worded
from doors.api.lines import MOST_LINES, STORE, DownloadLine, GrantLine, PurchaseLine, UserLine, line_described
from doors.api.purchases import own_purchase, purchase_json
from doors.api.refunds import WhatIsExpected, answer_json, own, quoted
from doors.api.views import Route, say
from ground.laws import given
from ground.models import Receipt
from ground.receipts import Answer, Asking, digest_of
from refunds import registering
from refunds.question import rfc3339
from refunds.registering import Granted
from refunds.services import request_refund
from storefront.models import Asset, Bundle, Download, Purchase


class Lines(ABC, Route):
    """One line, or up to 1,000 of them: each is carried out, and answered, by itself."""

    scopes = {"POST": STORE}
    reads: ClassVar[type[Strict]]
    subject: ClassVar[str]
    ref = "ref"

    def post(self, request: Request) -> HttpResponse:
        lines = request.data
        if not isinstance(lines, list):
            return self._answer(request, lines)
        if len(lines) > MOST_LINES:
            raise ValidationError([ErrorDetail(f"At most {MOST_LINES} lines at once.", code="too_many")])
        return say({"results": [self._result(request, line) for line in lines]})

    def _result(self, request: Request, line: Any) -> dict[str, Any]:
        try:
            said = self._answer(request, line)
        except Exception as error:  # noqa: BLE001 - one line's trouble is told in its place; as_problem notes what is ours
            said = as_problem(error, {"request": request})
        ref = line.get(self.ref) if isinstance(line, dict) else None
        return {
            "ref": ref if isinstance(ref, str) else None,
            "status": said.status_code,
            "body": json.loads(said.content),
        }

    def _answer(self, request: Request, line: Any) -> HttpResponse:
        form = self.reads(data=line)
        form.is_valid(raise_exception=True)
        checked = dict(form.validated_data)
        ref = checked.pop(self.ref)
        ref = ref.lower() if self.ref == "email" else ref
        what = {**line, self.ref: ref}
        asked = Asking(
            person=request.user,
            key=_receipt(request, self.subject, ref),
            what=digest_of(self.subject, told({name: what[name] for name in sorted(what)})),
            now=request.now,
            door="store",
            write=worded(lambda outcome: self.word(ref, outcome)),
            for_good=True,
        )
        return answered(self.register(request, asked, ref, checked))

    @abstractmethod
    def register(self, request: Request, asked: Asking, ref: str, line: dict[str, Any]) -> Answer:
        """Calls the one service that this kind of line is for."""

    @abstractmethod
    def word(self, ref: str, outcome: Any) -> tuple[int, Mapping[str, Any]]:
        """How its outcome is told, now and whenever the ref comes again."""


@extend_schema_view(post=line_described("Register a customer", UserLine, shapes.UserRegistered, known=True))
class Users(Lines):
    reads, subject, ref = UserLine, "users", "email"

    def register(self, request: Request, asked: Asking, ref: str, line: dict[str, Any]) -> Answer:
        return registering.register_user(asking=asked, email=ref, **line)

    def word(self, ref: str, outcome: tuple[User, bool]) -> tuple[int, Mapping[str, Any]]:
        person, new = outcome
        return 201 if new else 200, {"email": person.email, "name": person.name}


@extend_schema_view(
    post=line_described("Register credits", GrantLine, shapes.GrantRegistered, "too_many_credits")
)
class Grants(Lines):
    reads, subject = GrantLine, "grants"

    def register(self, request: Request, asked: Asking, ref: str, line: dict[str, Any]) -> Answer:
        return registering.register_grant(asking=asked, customer=_user(line.pop("user")), **line)

    def word(self, ref: str, outcome: Granted) -> tuple[int, Mapping[str, Any]]:
        return 201, {
            "ref": ref,
            "lot": outcome.lot.id,
            "kind": outcome.lot.kind,
            "credits": outcome.lot.issued,
            "at": rfc3339(outcome.lot.created_at),
            "expires_at": rfc3339(outcome.lot.expires_at) if outcome.lot.expires_at else None,
            "balance": outcome.balance,
        }


@extend_schema_view(
    post=line_described(
        "Register a purchase", PurchaseLine, shapes.PurchaseRegistered, "insufficient_credits", "number_taken"
    )
)
class StorePurchases(Lines):
    reads, subject = PurchaseLine, "purchases"

    def register(self, request: Request, asked: Asking, ref: str, line: dict[str, Any]) -> Answer:
        thing = _asset(line.pop("asset")) if "asset" in line else _bundle(line.pop("bundle"))
        return registering.register_purchase(
            asking=asked, customer=_user(line.pop("user")), thing=thing, **line
        )

    def word(self, ref: str, outcome: Purchase) -> tuple[int, Mapping[str, Any]]:
        return 201, {"ref": ref, **purchase_json(own_purchase(outcome.customer, outcome.number))}


@extend_schema_view(
    post=line_described("Register a download", DownloadLine, shapes.DownloadRegistered, "no_longer_live")
)
class StoreDownloads(Lines):
    reads, subject = DownloadLine, "downloads"

    def register(self, request: Request, asked: Asking, ref: str, line: dict[str, Any]) -> Answer:
        via = _asset(line["via"]) if line["via"] else None
        purchase = _purchase(request, line["purchase"])
        return registering.register_download(
            asking=asked, purchase=purchase, asset=_asset(line["asset"]), at=line["at"], via=via
        )

    def word(self, ref: str, outcome: Download) -> tuple[int, Mapping[str, Any]]:
        return 201, {
            "ref": ref,
            "invoice": outcome.purchase.number,
            "asset": outcome.asset.slug,
            "at": rfc3339(outcome.at),
            "cause": outcome.cause,
            "via": outcome.via.slug if outcome.via else None,
        }


class StoreRefundQuote(Route):
    scopes = {"GET": STORE}

    @described(
        "What a refund would be now, for a customer",
        name="store_quote",
        scope=STORE,
        customer=True,
        answers={200: shapes.DecisionShape},
        problems=["not_found"],
    )
    def get(self, request: Request, invoice: str) -> HttpResponse:
        customer = _on_behalf_of(request)
        return quoted(request, own(customer, invoice), customer)


class StoreRefund(Route):
    """Recorded as what it is: asked for by the key's owner, at the store's door, for its customer."""

    scopes = {"POST": STORE}

    @described(
        "Refund a purchase for a customer",
        name="store_refund",
        scope=STORE,
        customer=True,
        body=WhatIsExpected,
        key="needed",
        answers={201: shapes.Refunded},
        problems=["refund_denied", "quote_changed", "not_found"],
    )
    def post(self, request: Request, invoice: str) -> HttpResponse:
        expected = read(WhatIsExpected, request)["expected_credits"]
        customer = _on_behalf_of(request)
        answer = request_refund(
            asking=asking(request, answer_json, door="store"),
            purchase=own(customer, invoice),
            expected_credits=expected,
            requester=customer,
        )
        return answered(answer)


def _on_behalf_of(request: Request) -> User:
    email = named_customer(request)
    if not email:
        raise ValidationError({"X-Customer": [ErrorDetail("Say for whom, by e-mail.", code="required")]})
    customer = User.objects.filter(email=email, is_active=True).first() if "\0" not in email else None
    if customer is None:
        raise Http404
    return customer


def _receipt(request: Request, subject: str, ref: str) -> str:
    """One name for a reference, short enough whatever the other shop calls its things."""
    key = given(key_of(request), "only a store's key has the scope of this door")
    return f"store:{key.pk}:{subject}:{hashlib.sha256(ref.encode()).hexdigest()}"


def _user(email: str) -> User:
    return _there(User.objects.filter(email=email.lower()).first(), f"There is no user {email}.")


def _asset(slug: str) -> Asset:
    return _there(Asset.objects.filter(slug=slug).first(), f"There is no asset {slug}.")


def _bundle(slug: str) -> Bundle:
    return _there(Bundle.objects.filter(slug=slug).first(), f"There is no bundle {slug}.")


def _purchase(request: Request, ref: str) -> Purchase:
    """What this key's line of that reference became: its answer names it."""
    kept = Receipt.objects.filter(
        person_id=request.user.pk, key=_receipt(request, "purchases", ref), status=201
    ).first()
    number = json.loads(kept.body)["invoice"] if kept else ""
    return _there(Purchase.objects.filter(number=number).first(), f"This key registered no purchase {ref}.")


def _there(found: Any, sentence: str) -> Any:
    if found is None:
        raise NotFound(f"{sentence} Nothing was recorded.")
    return found
