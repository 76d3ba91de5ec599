"""The wire format that tools written for other asset stores speak: ten fields, one order, every value a string.

Bots know nothing of our API: no redirects, no error pages, no chunks. Whatever goes wrong is said in one plain line.
"""

import json
import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

from accounts.keys import find_key, grants
from accounts.models import ApiKey
from doors.requests import StoreRequest
from ground.doors import Door
from ground.refusals import Busy
from refunds.guesses import TooManyLookUps
from refunds.verification import VerifiedItem, verify

BEARER = re.compile(r"Bearer +(\S+)", re.IGNORECASE)
CENTS = Decimal("0.01")
HEADERS = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}


@csrf_exempt
def verify_json(request: StoreRequest) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return plain(405, "Method Not Allowed", Allow="GET, HEAD")
    try:
        key = publisher_key(request)
        if key is None:
            return plain(403, "Forbidden")
        rows = verify(
            publisher=key.publisher,
            numbers=",".join(request.GET.getlist("invoice")).split(","),
            by=key.owner,
            api_key=key,
            door=Door.VERIFY_JSON,
            now=request.now,
        )
    except TooManyLookUps as refusal:
        return plain(429, "Too Many Requests", **{"Retry-After": str(refusal.facts["seconds"])})
    except (Busy, DatabaseTrouble):
        return plain(503, "Service Unavailable", **{"Retry-After": "1"})
    return HttpResponse(as_json(rows), content_type="application/json", headers=HEADERS)


def publisher_key(request: StoreRequest) -> ApiKey | None:
    """The living key of a publisher that came with the request, in the address as such tools send it, or in a header."""
    header = BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    text = request.GET.get("key") or (header[1] if header else "")
    key = find_key(text, now=request.now) if text else None
    if key is None or key.publisher is None or not grants(key.scopes, "publisher:read"):
        return None
    return key


def as_json(rows: Iterable[VerifiedItem]) -> str:
    return json.dumps({"invoices": [in_ten_fields(row) for row in rows]}, separators=(",", ":"))


def in_ten_fields(row: VerifiedItem) -> dict[str, str | None]:
    price, currency = price_and_currency(row.credits)
    return {
        "price_exvat": price,
        "downloaded": yes(row.downloaded),
        "date": row.date.isoformat(),
        "quantity": str(row.quantity),
        "reason": row.reason,
        "other_license": yes(row.other_license),
        "package": row.package,
        "currency": currency,
        "refunded": yes(row.refunded),
        "invoice": row.invoice,
    }


def price_and_currency(credits: int) -> tuple[str, str]:
    """In the store's currency where it says what a credit is worth, else in credits; two decimals always."""
    if settings.CREDIT_VALUE_CURRENCY:
        worth = credits * Decimal(settings.CREDIT_VALUE)
        return f"{worth.quantize(CENTS, ROUND_HALF_UP):f}", settings.CREDIT_VALUE_CURRENCY
    return f"{credits}.00", settings.CREDITS_CURRENCY


def yes(flag: bool) -> str:
    return "Yes" if flag else "No"


def plain(status: int, words: str, **headers: str) -> HttpResponse:
    return HttpResponse(
        f"{status} {words}", status=status, content_type="text/plain", headers={**HEADERS, **headers}
    )
