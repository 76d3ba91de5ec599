"""What waits for this publisher, and where everything is."""

from django.http import HttpResponse
from django.shortcuts import render

from doors.portal.gate import PortalRequest, for_publishers
from refunds.models import Answer, Case, State
from refunds.sales import by_asset_and_month, first_of_month, month_after, total
from refunds.verified import as_of_today, verified_invoices

LATELY = 3


@for_publishers
def front(request: PortalRequest) -> HttpResponse:
    publisher, month = request.publisher, first_of_month(request.now)
    waiting = (
        Answer.objects.filter(
            publisher=publisher,
            authorised=None,
            case__state=State.WAITING_FOR_PUBLISHER,
            deadline__gte=request.now,
        )
        .select_related("case__purchase")
        .order_by("deadline", "id")
    )
    lines = by_asset_and_month(publisher=publisher, since=month, until=month_after(month), now=request.now)
    rows = verified_invoices(publisher=publisher).order_by("-last_at", "-id")[:LATELY]
    context = {
        "waiting": waiting,
        "with_customer": Case.objects.filter(publisher=publisher, state=State.WAITING_FOR_CUSTOMER).count(),
        "total": total(lines, month),
        "lately": as_of_today(list(rows), publisher=publisher, now=request.now),
        "confirmed": publisher.emails.filter(confirmed_at__isnull=False).exists(),
    }
    return render(request, "portal/front.html", context)
