"""A customer's credits: what is there, every line of the statement, and codes."""

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from accounts.models import User
from credits.codes import Redeemed, redeem_code
from credits.models import Entry, Lot
from credits.statement import up_to_date
from doors.api import shapes
from doors.api.described import described
from doors.api.fields import Strict, Text, read
from doors.api.keys import answered, asking
from doors.api.paging import PAGED, listed
from doors.api.views import Route, say
from refunds.question import rfc3339
from storefront.models import Purchase


class CodeTyped(Strict):
    code = Text(max_length=200)


class Credits(Route):
    scopes = {"GET": "credits:read"}

    @described(
        "My balance and its lots",
        name="credits_read",
        scope="credits:read",
        answers={200: shapes.WalletAnswer},
    )
    def get(self, request: Request) -> HttpResponse:
        lots = _lots(request.user)
        if any(lot.expires_at and lot.expires_at <= request.now for lot in lots):
            up_to_date(customer=request.user, now=request.now)
            lots = _lots(request.user)
        # The balance is what the lots have left, so one statement tells both as they stood together.
        return say({"balance": sum(lot.remaining for lot in lots), "lots": [_lot(lot) for lot in lots]})


class Entries(Route):
    scopes = {"GET": "credits:read"}
    params = PAGED

    @described(
        "My statement, newest first",
        name="credits_entries",
        scope="credits:read",
        answers={200: shapes.a_page_of(shapes.EntryShape)},
        paged=True,
    )
    def get(self, request: Request) -> HttpResponse:
        rows = Entry.objects.filter(wallet=up_to_date(customer=request.user, now=request.now))
        return say(listed(request, rows, ordering=("-number",), draw=_lines))


class Redeem(Route):
    scopes = {"POST": "credits:write"}

    @described(
        "Redeem a code",
        name="credits_redeem",
        scope="credits:write",
        body=CodeTyped,
        key="needed",
        answers={200: shapes.Redeemed},
        problems=["invalid_code", "too_many_guesses", "too_many_credits"],
    )
    def post(self, request: Request) -> HttpResponse:
        return answered(redeem_code(asking=asking(request, _redeemed), text=read(CodeTyped, request)["code"]))


def _lots(customer: User) -> list[Lot]:
    return list(Lot.objects.open().filter(wallet=customer.pk).in_spending_order())


def _lot(lot: Lot) -> dict[str, Any]:
    return {
        "id": lot.pk,
        "kind": lot.kind,
        "issued": lot.issued,
        "remaining": lot.remaining,
        "expires_at": rfc3339(lot.expires_at) if lot.expires_at else None,
    }


def _lines(entries: list[Entry]) -> list[dict[str, Any]]:
    """Each with the invoice that it was paid for, asked once for the whole page."""
    payments = {entry.payment_id for entry in entries if entry.payment_id}
    numbers = dict(Purchase.objects.filter(payment__in=payments).values_list("payment_id", "number"))
    return [
        {
            "number": entry.number,
            "at": rfc3339(entry.at),
            "kind": entry.kind,
            "credits": entry.credits,
            "balance_after": entry.balance_after,
            "invoice": numbers.get(entry.payment_id),
            "memo": entry.memo,
        }
        for entry in entries
    ]


def _redeemed(outcome: Redeemed) -> tuple[int, dict[str, Any]]:
    return 200, {"credits": outcome.lot.issued, "balance": outcome.balance}
