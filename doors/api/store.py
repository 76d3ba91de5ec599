"""The door of another shop that stands in front of this store: it registers what happens there, line by line, and
asks for quotes and refunds on a customer's behalf."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import Http404, HttpResponse
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError

from accounts.models import User
from doors.api import shapes
from doors.api.decision import DecisionShape
from doors.api.errors import as_problem, json_of
from doors.api.fields import Checked, Strict, checked_by, read
from doors.api.keys import answered, asking, named_customer, worded
from doors.api.lines import MOST_LINES, STORE, DownloadLine, GrantLine, PurchaseLine, UserLine, line_route
from doors.api.purchases import own_purchase
from doors.api.refunds import WhatIsExpected, answer_json, own, quoted
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say
from ground.doors import Door
from ground.laws import given
from ground.receipts import Answer, Asking, digest_of
from refunds import registering
from refunds.registering import Granted
from refunds.services import request_refund
from storefront.models import Asset, Bundle, Download, Purchase

Json = Mapping[str, object]


@dataclass(frozen=True)
class Kind:
    """What a kind of line is for: the one service it calls, and how the outcome is told now and whenever the ref comes
    again."""

    subject: str
    form: type[Strict]
    register: Callable[[ApiRequest, Asking[User], str, Checked], Answer]
    word: Callable[[str, Any], tuple[int, Json]]
    ref: str = "ref"


def _lines_answered(request: ApiRequest, kind: Kind) -> HttpResponse:
    """One line, or up to 1,000 of them: each is carried out, and answered, by itself."""
    lines = request.data
    if not isinstance(lines, list):
        return _line_answered(request, kind, lines)
    if len(lines) > MOST_LINES:
        raise ValidationError([ErrorDetail(f"At most {MOST_LINES} lines at once.", code="too_many")])
    return say({"results": [_result(request, kind, line) for line in lines]})


def _result(request: ApiRequest, kind: Kind, line: object) -> dict[str, object]:
    try:
        response = _line_answered(request, kind, line)
    except Exception as error:  # noqa: BLE001 - one line's trouble is told in its place; as_problem notes what is ours
        response = as_problem(error, {"request": request})
    ref = line.get(kind.ref) if isinstance(line, dict) else None
    return {
        "ref": ref if isinstance(ref, str) else None,
        "status": response.status_code,
        "body": json.loads(response.content),
    }


def _line_answered(request: ApiRequest, kind: Kind, line: object) -> HttpResponse:
    checked = checked_by(kind.form, line)
    ref = checked.pop(kind.ref)
    ref = ref.lower() if kind.ref == "email" else ref
    what = {**given(line if isinstance(line, dict) else None, "a form takes objects only"), kind.ref: ref}
    asked = Asking(
        person=request.user,
        key=_receipt(request, kind.subject, ref),
        what=digest_of(kind.subject, json_of({name: what[name] for name in sorted(what)})),
        now=request.now,
        door=Door.STORE,
        write=worded(lambda outcome: kind.word(ref, outcome)),
        for_good=True,
    )
    return answered(kind.register(request, asked, ref, checked))


def _register_user(_: ApiRequest, asked: Asking[User], ref: str, line: Checked) -> Answer:
    return registering.register_user(asking=asked, email=ref, **line)


def _word_user(_: str, outcome: tuple[User, bool]) -> tuple[int, Json]:
    person, new = outcome
    return 201 if new else 200, shapes.UserRegistered.draw(person)


USERS = Kind("users", UserLine, _register_user, _word_user, ref="email")


@line_route("store/users/", "Register a customer", UserLine, shapes.UserRegistered, known=True)
def register_users(request: ApiRequest) -> HttpResponse:
    return _lines_answered(request, USERS)


def _register_grant(_: ApiRequest, asked: Asking[User], ref: str, line: Checked) -> Answer:
    return registering.register_grant(asking=asked, customer=_user(line.pop("user")), **line)


def _word_grant(ref: str, outcome: Granted) -> tuple[int, Json]:
    return 201, shapes.GrantRegistered.draw(outcome, ref=ref)


GRANTS = Kind("grants", GrantLine, _register_grant, _word_grant)


@line_route("store/grants/", "Register credits", GrantLine, shapes.GrantRegistered, "too_many_credits")
def register_grants(request: ApiRequest) -> HttpResponse:
    return _lines_answered(request, GRANTS)


def _register_purchase(_: ApiRequest, asked: Asking[User], ref: str, line: Checked) -> Answer:
    thing = _asset(line.pop("asset")) if "asset" in line else _bundle(line.pop("bundle"))
    return registering.register_purchase(asking=asked, customer=_user(line.pop("user")), thing=thing, **line)


def _word_purchase(ref: str, outcome: Purchase) -> tuple[int, Json]:
    purchase = own_purchase(outcome.customer, outcome.number)
    return 201, {"ref": ref, **shapes.PurchaseAnswer.draw(purchase)}  # `ref` first, as it always was


PURCHASES = Kind("purchases", PurchaseLine, _register_purchase, _word_purchase)


@line_route(
    "store/purchases/",
    "Register a purchase",
    PurchaseLine,
    shapes.PurchaseRegistered,
    "insufficient_credits",
    "number_taken",
)
def register_purchases(request: ApiRequest) -> HttpResponse:
    return _lines_answered(request, PURCHASES)


def _register_download(request: ApiRequest, asked: Asking[User], ref: str, line: Checked) -> Answer:
    via = _asset(line["via"]) if line["via"] else None
    purchase = _purchase(request, line["purchase"])
    return registering.register_download(
        asking=asked, purchase=purchase, asset=_asset(line["asset"]), at=line["at"], via=via
    )


def _word_download(ref: str, outcome: Download) -> tuple[int, Json]:
    return 201, shapes.DownloadRegistered.draw(outcome, ref=ref)


DOWNLOADS = Kind("downloads", DownloadLine, _register_download, _word_download)


@line_route(
    "store/downloads/", "Register a download", DownloadLine, shapes.DownloadRegistered, "no_longer_live"
)
def register_downloads(request: ApiRequest) -> HttpResponse:
    return _lines_answered(request, DOWNLOADS)


@route(
    "get",
    "store/purchases/<invoice:invoice>/refund-quote/",
    "What a refund would be now, for a customer",
    name="store_quote",
    scope=STORE,
    customer=True,
    answers={200: DecisionShape},
    problems=["not_found"],
)
def read_quote_for_customer(request: ApiRequest, invoice: str) -> HttpResponse:
    customer = _on_behalf_of(request)
    return quoted(request, own(customer, invoice), customer)


@route(
    "post",
    "store/purchases/<invoice:invoice>/refund/",
    "Refund a purchase for a customer",
    name="store_refund",
    scope=STORE,
    customer=True,
    body=WhatIsExpected,
    key="needed",
    answers={201: shapes.Refunded},
    problems=["refund_denied", "quote_changed", "not_found"],
)
def refund_for_customer(request: ApiRequest, invoice: str) -> HttpResponse:
    expected = read(WhatIsExpected, request)["expected_credits"]
    customer = _on_behalf_of(request)
    answer = request_refund(
        asking=asking(request, answer_json, door=Door.STORE),
        purchase=own(customer, invoice),
        expected_credits=expected,
        requester=customer,
    )
    return answered(answer)


def _on_behalf_of(request: ApiRequest) -> User:
    email = named_customer(request)
    if not email:
        raise ValidationError({"X-Customer": [ErrorDetail("Say for whom, by e-mail.", code="required")]})
    customer = User.objects.filter(email=email, is_active=True).first() if "\0" not in email else None
    if customer is None:
        raise Http404
    return customer


def _receipt(request: ApiRequest, subject: str, ref: str) -> str:
    """One name for a reference, short enough whatever the other shop calls its things."""
    key = given(request.auth, "only a store's key has the scope of this door")
    return f"store:{key.pk}:{subject}:{hashlib.sha256(ref.encode()).hexdigest()}"


def _user(email: str) -> User:
    return _there(User.objects.filter(email=email.lower()).first(), f"There is no user {email}.")


def _asset(slug: str) -> Asset:
    return _there(Asset.objects.filter(slug=slug).first(), f"There is no asset {slug}.")


def _bundle(slug: str) -> Bundle:
    return _there(Bundle.objects.filter(slug=slug).first(), f"There is no bundle {slug}.")


def _purchase(request: ApiRequest, ref: str) -> Purchase:
    """What this key's line of that reference became."""
    rows = Purchase.objects.filter(shop_reference__name=_receipt(request, "purchases", ref))
    return _there(rows.first(), f"This key registered no purchase {ref}.")


Found = TypeVar("Found")


def _there(found: Found | None, sentence: str) -> Found:
    if found is None:
        raise NotFound(f"{sentence} Nothing was recorded.")
    return found
