"""Publishing terms: the numbers, then what they would have changed, then the act."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from doors.desk.pages import DeskRequest, answer_form, at, show
from doors.desk.rows import AskedByFilters
from ground.templatetags.recredit import MONTHS
from refunds.backtest import BackTest, backtest
from refunds.terms import publish_terms
from storefront.models import Terms


@admin.register(Terms)
class TermsAdmin(AskedByFilters):
    """Read only: new terms are published on a page of their own, and published ones are never edited."""

    list_display = ("version", "in_force_from", "window_days", "bundle_percent", "published_by")
    change_list_template = "desk/terms.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Terms | None = None) -> bool:
        return False


class TermsForm(forms.Form):
    version = forms.CharField(
        label=_lazy("Name of this version"), max_length=50, help_text=_lazy("Such as 2027-01.")
    )
    in_force_from = forms.DateTimeField(
        label=_lazy("In force from"),
        help_text=_lazy("In your time zone, in the future. Purchases completed before keep their terms."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    window_days = forms.IntegerField(label=_lazy("Days to ask for a refund"), min_value=0, max_value=36_500)
    bundle_percent = forms.IntegerField(
        label=_lazy("Percent of a bundle that may be downloaded"), min_value=0, max_value=100
    )
    why = forms.CharField(label=_lazy("Why"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


def publish(request: DeskRequest) -> HttpResponse:
    """GET asks for the numbers and shows what they would have changed; POST publishes them."""
    form = _form(request)

    def act() -> HttpResponse:
        terms = publish_terms(by=request.user, now=request.now, **form.cleaned_data)
        published = _("Terms {version} are published and start on their day.")
        messages.success(request, published.format(version=terms.version))
        return redirect("admin:storefront_terms_changelist")

    def page(error_message: str, status: int) -> HttpResponse:
        tested = _tested(form)
        context = {"form": form, "error_message": error_message, "tested": tested, "chart": _chart(tested)}
        return show(request, "publish_terms", _("Publish terms"), context, status=status)

    return answer_form(request, form, act=act, page=page)


def _form(request: DeskRequest) -> TermsForm:
    current = Terms.objects.in_force(request.now)
    initial = {"window_days": current.window_days, "bundle_percent": current.bundle_percent}
    if request.method == "POST":
        return TermsForm(request.POST, initial=initial)
    return TermsForm(request.GET if "window_days" in request.GET else None, initial=initial)


def _tested(form: TermsForm) -> BackTest | None:
    if not form.is_valid():
        return None
    numbers = form.cleaned_data
    return backtest(window_days=numbers["window_days"], bundle_percent=numbers["bundle_percent"])


def _chart(tested: BackTest | None) -> list[tuple[str, tuple[int, int]]]:
    """Credits refunded a month: as it was, and as it would have been."""
    months: dict[str, tuple[int, int]] = {}
    for line in tested.lines if tested else ():
        was, would = months.get(line.month, (0, 0))
        months[line.month] = (was + line.tally.credits, would + line.tally.would_credits)
    return [(_month_name(month), sums) for month, sums in sorted(months.items())[-12:]]


def _month_name(month: str) -> str:
    """`2026-11` as people write it."""
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


urlpatterns: list[URLPattern] = [
    at(r"storefront/terms/publish/", publish, "desk_publish_terms", may="storefront.publish_terms"),
]
