"""A customer's credits: what is there, every line of the statement, and codes."""

from django.http import HttpResponse

from accounts.models import User
from credits.codes import Redeemed, redeem_code
from credits.models import Entry, Lot
from credits.statement import up_to_date
from doors.api import shapes
from doors.api.fields import Strict, Text, read
from doors.api.keys import answered, asking
from doors.api.paging import listed
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say
from storefront.models import Purchase


class CodeTyped(Strict):
    code = Text(max_length=200)


@route(
    "get",
    "credits/",
    "My balance and its lots",
    name="credits_read",
    scope="credits:read",
    writes=True,
    answers={200: shapes.WalletAnswer},
)
def read_credits(request: ApiRequest) -> HttpResponse:
    lots = _lots(request.user)
    if any(lot.expires_at and lot.expires_at <= request.now for lot in lots):
        up_to_date(customer=request.user, now=request.now)
        lots = _lots(request.user)
    # The balance is what the lots have left, so one statement tells both as they stood together.
    return say(shapes.WalletAnswer.draw(balance=sum(lot.remaining for lot in lots), lots=lots))


@route(
    "get",
    "credits/entries/",
    "My statement, newest first",
    name="credits_entries",
    scope="credits:read",
    writes=True,
    answers={200: shapes.a_page_of(shapes.EntryShape)},
    paged=True,
)
def list_entries(request: ApiRequest) -> HttpResponse:
    rows = Entry.objects.filter(wallet=up_to_date(customer=request.user, now=request.now))
    return say(listed(request, rows, ordering=("-number",), draw=_lines))


@route(
    "post",
    "credits/redeem/",
    "Redeem a code",
    name="credits_redeem",
    scope="credits:write",
    body=CodeTyped,
    key="needed",
    answers={200: shapes.Redeemed},
    problems=["invalid_code", "too_many_guesses", "too_many_credits"],
)
def redeem(request: ApiRequest) -> HttpResponse:
    return answered(redeem_code(asking=asking(request, _redeemed), text=read(CodeTyped, request)["code"]))


def _lots(customer: User) -> list[Lot]:
    return list(Lot.objects.open().filter(wallet=customer.pk).in_spending_order())


def _lines(entries: list[Entry]) -> list[dict[str, object]]:
    """Each with the invoice that it was paid for, asked once for the whole page."""
    payments = {entry.payment_id for entry in entries if entry.payment_id}
    numbers = dict(Purchase.objects.filter(payment__in=payments).values_list("payment_id", "number"))
    return [
        shapes.EntryShape.draw(entry, invoice=numbers.get(entry.payment_id) if entry.payment_id else None)
        for entry in entries
    ]


def _redeemed(outcome: Redeemed) -> tuple[int, dict[str, object]]:
    return 200, shapes.Redeemed.draw(outcome)
