"""Sales and refunds by asset and month, and every line of them as CSV."""

from collections import defaultdict
from datetime import date

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from doors.portal.gate import PortalRequest, for_publishers
from doors.spreadsheets import csv_file
from refunds.sales import AssetMonth, by_asset_and_month, first_of_month, item_lines, month_after, total

MONTHS_SHOWN = 12
MOST_MONTHS = 240
# The names of columns, which programs read: they stay as they are.
HEAD = (
    "At (UTC)", "Kind", "Invoice", "Asset", "Package", "Units",  # English: see above
    "Credits", "Reason", "Borne by",  # English: see above
)  # fmt: skip


class SpanForm(forms.Form):
    """From the first instant of one month up to the first after another one, in UTC."""

    since = forms.DateField(label=_lazy("From"), input_formats=["%Y-%m"], required=False)
    until = forms.DateField(label=_lazy("Up to and with"), input_formats=["%Y-%m"], required=False)

    def __init__(self, request: PortalRequest) -> None:
        super().__init__(request.GET)
        self.this_month = first_of_month(request.now)
        for field in self.fields.values():
            field.widget = forms.DateInput(format="%Y-%m", attrs={"type": "month"})
            field.error_messages["invalid"] = _("Write a month as 2026-11.")

    def span(self) -> tuple[date, date]:
        """Half open. Whatever cannot be read is the last twelve months."""
        self.full_clean()
        last = self.cleaned_data.get("until") or self.this_month
        last = min(max(last, date(1971, 1, 1)), date(9000, 12, 1))
        since = self.cleaned_data.get("since") or month_after(last, 1 - MONTHS_SHOWN)
        since = max(min(since, last), month_after(last, 1 - MOST_MONTHS))
        return since, month_after(last)


@for_publishers
def sales(request: PortalRequest) -> HttpResponse:
    form = SpanForm(request)
    since, until = form.span()
    lines = by_asset_and_month(publisher=request.publisher, since=since, until=until, now=request.now)
    months = _months(lines)
    shown = [month_after(since, count) for count in range(_months_between(since, until))][-24:]
    bars = [
        (f"{month:%b %y}" if len(shown) > 12 else f"{month:%b}", _sold_and_back(months.get(month)))
        for month in shown
    ]
    context = {
        "form": form,
        "since": since,
        "last": month_after(until, -1),
        "months": list(months.values()),
        "total": total(lines, until),
        "bars": bars,
    }
    return render(request, "portal/sales.html", context, status=422 if form.errors else 200)


@for_publishers
def sales_csv(request: PortalRequest) -> StreamingHttpResponse:
    since, until = SpanForm(request).span()
    lines = item_lines(publisher=request.publisher, since=since, until=until, now=request.now)
    rows = (
        (
            f"{line.at:%Y-%m-%d %H:%M:%S}",
            line.kind,
            line.invoice,
            line.slug,
            line.title,
            line.units,
            line.credits,
            line.reason,
            line.borne_by,
        )
        for line in lines
    )
    return csv_file(
        f"sales-{request.publisher.slug}-{since:%Y-%m}-{month_after(until, -1):%Y-%m}.csv", HEAD, rows
    )


def _months(lines: list[AssetMonth]) -> dict[date, dict[str, object]]:
    grouped: dict[date, list[AssetMonth]] = defaultdict(list)
    for line in lines:
        grouped[line.month].append(line)
    return {
        month: {"month": month, "lines": found, "total": total(found, month)}
        for month, found in grouped.items()
    }


def _sold_and_back(month: dict[str, object] | None) -> tuple[int, int]:
    whole = month["total"] if month else None
    return (whole.credits, max(0, -whole.refunded_credits)) if isinstance(whole, AssetMonth) else (0, 0)


def _months_between(since: date, until: date) -> int:
    return (until.year - since.year) * 12 + until.month - since.month
