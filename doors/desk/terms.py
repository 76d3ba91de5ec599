"""Publishing terms: the numbers, then what they would have changed, then the act."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from doors.desk.rows import AskedByFilters
from ground.refusals import Refusal
from ground.templatetags.recredit import MONTHS
from refunds.backtest import BackTest, backtest
from refunds.terms import publish_terms
from storefront.models import Terms


@admin.register(Terms)
class TermsAdmin(AskedByFilters, admin.ModelAdmin):
    """To be read; new ones are published on a page of their own, and nothing edits what was promised."""

    list_display = ("version", "in_force_from", "window_days", "bundle_percent", "published_by")
    change_list_template = "desk/terms.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        return False


class TermsForm(forms.Form):
    version = forms.CharField(label="Name of this version", max_length=50, help_text="Such as 2027-01.")
    in_force_from = forms.DateTimeField(
        label="In force from",
        help_text="In your time zone, in the future. Purchases completed before keep their terms.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    window_days = forms.IntegerField(label="Days to ask for a refund", min_value=0, max_value=36_500)
    bundle_percent = forms.IntegerField(
        label="Percent of a bundle that may be downloaded", min_value=0, max_value=100
    )
    why = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


def publish(request: HttpRequest) -> HttpResponse:
    """GET asks for the numbers and shows what they would have changed; POST publishes them."""
    if not request.user.has_perm("storefront.publish_terms"):
        raise PermissionDenied
    asked = (
        request.POST if request.method == "POST" else request.GET if "window_days" in request.GET else None
    )
    form = TermsForm(asked, initial=_current(request))
    said, tested = "", None
    if form.is_bound and form.is_valid():
        found = form.cleaned_data
        tested = backtest(window_days=found["window_days"], bundle_percent=found["bundle_percent"])
        if request.method == "POST":
            try:
                terms = publish_terms(by=request.user, now=request.now, **found)
            except Refusal as refusal:
                said = str(refusal)
            else:
                messages.success(request, f"Terms {terms.version} are published and start on their day.")
                return redirect("admin:storefront_terms_changelist")
    context = {
        **admin.site.each_context(request),
        "title": "Publish terms",
        "form": form,
        "said": said,
        "tested": tested,
        "chart": _chart(tested),
        "now": request.now,
    }
    status = 409 if said else 422 if form.errors else 200
    return render(request, "desk/publish_terms.html", context, status=status)


def _current(request: HttpRequest) -> dict[str, Any]:
    terms = Terms.objects.in_force(request.now)
    return {"window_days": terms.window_days, "bundle_percent": terms.bundle_percent}


def _chart(tested: BackTest | None) -> list[tuple[str, tuple[int, int]]]:
    """Credits refunded a month: as it was, and as it would have been."""
    months: dict[str, tuple[int, int]] = {}
    for line in tested.lines if tested else ():
        was, would = months.get(line.month, (0, 0))
        months[line.month] = (was + line.tally.credits, would + line.tally.would_credits)
    return [(_called(month), sums) for month, sums in sorted(months.items())[-12:]]


def _called(month: str) -> str:
    """`2026-11` as people write it."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"
