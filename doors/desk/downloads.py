"""Striking a download that should not count: what it would change, then the act."""

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse

from doors.desk.forms import WhyForm
from doors.desk.pages import at, show
from doors.desk.rows import ReadOnlyAdmin
from doors.problems import page_status
from ground.refusals import Refusal
from refunds import cases
from refunds.cases import rights
from refunds.cases.by_agent import settles_on_strike
from refunds.facts import gather
from refunds.models import Case
from refunds.policy import Decision, decide
from storefront.models import Download, Purchase


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "asset", "customer", "purchase", "cause", "via", "struck_at")
    list_select_related = ("asset", "customer", "purchase", "via")
    list_filter = ("cause",)

    def address_of(self, download: Download) -> str:
        return reverse("desk_strike", args=[download.pk])


def strike(request: HttpRequest, pk: int) -> HttpResponse:
    download = get_object_or_404(
        Download.objects.select_related(
            "purchase__customer", "purchase__terms", "item", "asset", "via", "struck_by"
        ),
        pk=pk,
    )
    asked = request.POST if request.method == "POST" else request.GET
    counted = list(
        Download.objects.filter(purchase=download.purchase, struck_at=None)
        .exclude(pk=download.pk)
        .select_related("asset", "item", "purchase")
        .order_by("at", "id")
    )
    also = [one for one in counted if str(one.pk) in asked.getlist("also")]
    form = WhyForm(
        request.POST if request.method == "POST" else None, initial={"why": request.GET.get("why", "")}
    )
    said, status = "", 422 if form.errors else 200
    if form.is_bound and form.is_valid():
        try:
            settled = cases.strike(
                downloads=[download, *also], by=request.user, why=form.cleaned_data["why"], now=request.now
            )
        except Refusal as refusal:
            said, status = str(refusal), page_status(refusal)
        else:
            return _done(request, download.purchase, settled)
    context = {
        "download": download,
        "purchase": download.purchase,
        "form": form,
        "said": said,
        "counted": counted,
        "also": [one.pk for one in also],
        "own": bool(rights.own_matter(request.user, purchase=download.purchase)),
        **_preview(request, download.purchase, [download, *also]),
    }
    return show(request, "strike", f"Strike a download of {download.asset.title}", context, status=status)


def _done(request: HttpRequest, purchase: Purchase, settled: Case | None) -> HttpResponse:
    if settled is not None:
        messages.success(
            request, f"Struck. The purchase is eligible now, and {settled.number} is approved and paid."
        )
        return redirect("desk_case", settled.number)
    messages.success(request, "Struck. The download stays to be seen and no longer counts.")
    case = Case.objects.open().filter(purchase=purchase).first()
    return redirect("desk_case", case.number) if case else redirect("desk_purchase", purchase.number)


def _preview(request: HttpRequest, purchase: Purchase, struck: list[Download]) -> dict[str, Any]:
    """The decision without these downloads: as of the opening of the open case, else now."""
    case = Case.objects.open().filter(purchase=purchase).first()
    decision = _without(purchase, {one.pk for one in struck}, case.opened_at if case else request.now)
    settles = case is not None and settles_on_strike(
        case, credits=decision.credits, eligible=decision.eligible, now=request.now
    )
    return {"case": case, "decision": decision, "settles": settles}


def _without(purchase: Purchase, struck: set[int], at_instant: Any) -> Decision:
    gathered = gather(purchase, purchase.customer)
    rows: dict[str, list[int]] = {}
    for row in Download.objects.filter(purchase=purchase).select_related("asset").order_by("at", "id"):
        rows.setdefault(row.asset.slug, []).append(row.pk)
    items = tuple(
        replace(
            item,
            downloads=tuple(
                replace(one, struck=one.struck or pk in struck)
                for one, pk in zip(item.downloads, rows.get(item.asset, []), strict=True)
            ),
        )
        for item in gathered.facts.items
    )
    return decide(replace(gathered.facts, items=items), terms=gathered.terms, now=at_instant)


urlpatterns: list[URLPattern] = [
    at(r"storefront/download/(?P<pk>[0-9]{1,18})/strike/", strike, "desk_strike", may=rights.STRIKE),
]
