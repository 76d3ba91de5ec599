"""Striking downloads that should not count: what it would change, then the act."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.contrib import admin, messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _

from doors.desk.forms import WhyForm
from doors.desk.pages import DeskRequest, answer_form, at, show
from doors.desk.rows import ReadOnlyAdmin
from refunds import cases
from refunds.cases import rights
from refunds.cases.by_agent import settles_on_strike
from refunds.facts import gather
from refunds.models import Case
from refunds.policy import Decision, decide
from storefront.models import Download, Purchase


@admin.register(Download)
class DownloadAdmin(ReadOnlyAdmin[Download]):
    list_display = ("id", "at", "asset", "customer", "purchase", "cause", "via", "struck_at")
    list_select_related = ("asset", "customer", "purchase", "via")
    list_filter = ("cause",)

    def address_of(self, download: Download) -> str:
        return reverse("desk_strike", args=[download.pk])


def strike(request: DeskRequest, pk: str) -> HttpResponse:
    rows = Download.objects.select_related(
        "purchase__customer", "purchase__terms", "item", "asset", "via", "struck_by"
    )
    download = get_object_or_404(rows, pk=pk)
    title = _("Strike a download of {asset}").format(asset=download.asset.title)
    purchase, counted = download.purchase, _others_that_count(download)
    sent = request.POST if request.method == "POST" else request.GET
    also = [other for other in counted if str(other.pk) in sent.getlist("also")]
    form = WhyForm(
        request.POST if request.method == "POST" else None, initial={"why": request.GET.get("why", "")}
    )

    def act() -> HttpResponse:
        why = form.cleaned_data["why"]
        settled = cases.strike(downloads=[download, *also], by=request.user, why=why, now=request.now)
        return _done(request, purchase, settled)

    def page(error_message: str, status: int) -> HttpResponse:
        context = {
            "download": download,
            "purchase": purchase,
            "form": form,
            "error_message": error_message,
            "counted": counted,
            "also": [other.pk for other in also],
            "own": bool(rights.own_matter(request.user, purchase=purchase)),
            **_preview(request, purchase, [download, *also]),
        }
        return show(request, "strike", title, context, status=status)

    return answer_form(request, form, act=act, page=page)


def _others_that_count(download: Download) -> list[Download]:
    """Downloads that may be struck together with this one."""
    rows = Download.objects.filter(purchase=download.purchase, struck_at=None).exclude(pk=download.pk)
    return list(rows.select_related("asset", "item", "purchase").order_by("at", "id"))


def _done(request: DeskRequest, purchase: Purchase, settled: Case | None) -> HttpResponse:
    if settled is not None:
        paid = _("Struck. The purchase is eligible now, and {number} is approved and paid.")
        messages.success(request, paid.format(number=settled.number))
        return redirect("desk_case", settled.number)
    messages.success(request, _("Struck. The download stays to be seen and no longer counts."))
    case = Case.objects.open().filter(purchase=purchase).first()
    return redirect("desk_case", case.number) if case else redirect("desk_purchase", purchase.number)


def _preview(request: DeskRequest, purchase: Purchase, struck: Sequence[Download]) -> dict[str, object]:
    """The decision without these downloads, as of the opening of the open case or, without one, now."""
    case = Case.objects.open().filter(purchase=purchase).first()
    decision = _without(purchase, {each.pk for each in struck}, case.opened_at if case else request.now)
    settles = case is not None and settles_on_strike(
        case, credits=decision.credits, eligible=decision.eligible, now=request.now
    )
    return {"case": case, "decision": decision, "settles": settles}


def _without(purchase: Purchase, struck: Collection[int], now: datetime) -> Decision:
    gathered = gather(purchase, purchase.customer)
    keys: dict[str, list[int]] = {}
    for row in Download.objects.filter(purchase=purchase).select_related("asset").order_by("at", "id"):
        keys.setdefault(row.asset.slug, []).append(row.pk)
    items = tuple(
        replace(
            item,
            downloads=tuple(
                replace(download, struck=download.struck or pk in struck)
                for download, pk in zip(item.downloads, keys.get(item.asset, []), strict=True)
            ),
        )
        for item in gathered.facts.items
    )
    return decide(replace(gathered.facts, items=items), terms=gathered.terms, now=now)


urlpatterns: list[URLPattern] = [
    at(r"storefront/download/(?P<pk>[0-9]{1,18})/strike/", strike, "desk_strike", may=rights.STRIKE),
]
