"""Purchases: their list and page with a quote as of any instant, charge-backs, and duplicate charges."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, reverse
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from doors.desk.forms import OpenForm, WhyForm
from doors.desk.pages import DeskRequest, answer_form, at, desk_request, show
from doors.desk.rows import ReadOnlyAdmin, place
from ground.refusals import Refusal
from refunds import cases, duplicates
from refunds.cases import rights
from refunds.models import Case, Denial, Refund
from refunds.services import charge_back, quote_as_of
from storefront.documents import document_pdf
from storefront.models import Purchase, Status
from storefront.numbers import normalise

NUMBER = r"(?P<number>IN[0-9]{12})"
MOST_AT_ONCE = 50


@admin.register(Purchase)
class PurchaseAdmin(ReadOnlyAdmin[Purchase]):
    list_display = ("number", "title", "customer", "status", "credits_spent", "completed_at", "downloaded")
    list_select_related = ("customer",)
    list_filter = ("status",)
    search_help_text = _lazy("Invoice number in any spelling, or e-mail")
    actions = ("verify_invoice", "open_manual_refund_request")

    def find(self, rows: "QuerySet[Purchase]", words: str) -> "QuerySet[Purchase]":
        if "@" in words:
            return rows.filter(customer__email=words.lower())
        return rows.filter(number=normalise(words) or "")

    def address_of(self, purchase: Purchase) -> str:
        return reverse("desk_purchase", args=[purchase.number])

    def response_action(  # type: ignore[override] # Django 5.2 has no `action_location` yet
        self, request: HttpRequest, queryset: "QuerySet[Purchase]"
    ) -> HttpResponse | None:
        """Ignores what is no key of a row, for which Django would ask the database."""
        sent = request.POST.copy()
        keys = [key for key in sent.getlist(ACTION_CHECKBOX_NAME) if place(key) is not None]
        sent.setlist(ACTION_CHECKBOX_NAME, keys)
        request.POST = sent  # type: ignore[assignment] # a copy can be written to
        return super().response_action(request, queryset)

    @admin.display(description=_lazy("downloaded"))
    def downloaded(self, purchase: Purchase) -> str:
        return _("{count} of {total}").format(count=purchase.downloaded_count, total=purchase.items_count)

    @admin.action(description=_lazy("Verify invoice"), permissions=["view"])
    def verify_invoice(self, request: HttpRequest, rows: "QuerySet[Purchase]") -> HttpResponse:
        numbers = [("number", number) for number in rows.values_list("number", flat=True)[:MOST_AT_ONCE]]
        return redirect(f"{reverse('desk_verify_invoice')}?{urlencode(numbers)}")

    @admin.action(description=_lazy("Open manual refund request"), permissions=["decide"])
    def open_manual_refund_request(
        self, request: HttpRequest, rows: "QuerySet[Purchase]"
    ) -> HttpResponse | None:
        chosen = list(rows.select_related("customer", "terms")[:MOST_AT_ONCE])
        if not chosen:
            messages.warning(
                request, "Those purchases are not there. Choose some from the list; nothing was opened."
            )
            return None
        return open_requests(desk_request(request), chosen)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(rights.DECIDE)


def open_requests(request: DeskRequest, chosen: list[Purchase]) -> HttpResponse:
    """Asks for grounds and a note, then opens a request for each purchase."""
    form = OpenForm(request.POST if "grounds" in request.POST else None, initial={"grounds": "out_of_window"})
    refused: list[tuple[Purchase, str]] = []
    if form.is_bound and form.is_valid():
        opened = _open_each(request, chosen, form.cleaned_data, refused)
        if opened and not refused:
            messages.success(
                request, _("Opened {numbers}.").format(numbers=", ".join(case.number for case in opened))
            )
            if len(opened) == 1:
                return redirect("desk_case", opened[0].number)
            return redirect("desk_queue")
        for case in opened:
            messages.success(
                request,
                _("Opened {number} for {purchase}.").format(number=case.number, purchase=case.purchase),
            )
    context = {
        "form": form,
        "chosen": chosen,
        "refused": refused,
        "checkbox": ACTION_CHECKBOX_NAME,
        "action": "open_manual_refund_request",
        "post_to": reverse("admin:storefront_purchase_changelist"),
    }
    status = 409 if refused else 422 if form.errors else 200
    return show(request, "open_request", _("Open manual refund request"), context, status=status)


def _open_each(
    request: DeskRequest, chosen: list[Purchase], data: dict[str, str], refused: list[tuple[Purchase, str]]
) -> list[Case]:
    opened = []
    for purchase in chosen:
        try:
            opened.append(
                cases.open_by_agent(
                    purchase=purchase,
                    by=request.user,
                    grounds=data["grounds"],
                    note=data["note"],
                    now=request.now,
                )
            )
        except Refusal as refusal:
            refused.append((purchase, str(refusal)))
    return opened


class AsOfForm(forms.Form):
    at = forms.DateTimeField(
        label=_lazy("Quote as of"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"],
        help_text=_lazy("In your time zone; with what was known then. Empty: now."),
    )


def purchase_page(request: DeskRequest, number: str) -> HttpResponse:
    ended = ("refund__credit_note", "refund__requested_by", "charge_back__by")
    purchase = get_object_or_404(_rows().select_related(*ended), number=number)
    form = AsOfForm(request.GET if "at" in request.GET else None, initial={"at": localtime(request.now)})
    as_of = form.cleaned_data["at"] if form.is_bound and form.is_valid() else None
    held = duplicates.held_twice(purchase)
    context = {
        "purchase": purchase,
        "own": bool(rights.own_matter(request.user, purchase=purchase)),
        "form": form,
        "as_of": as_of,
        "decision": quote_as_of(purchase=purchase, at=as_of or request.now).decision,
        "items": purchase.items.select_related("asset", "publisher").order_by("position"),
        "downloads": held.downloads,
        "pairs": held.pairs,
        "refund": getattr(purchase, "refund", None),
        "charge_back": getattr(purchase, "charge_back", None),
        "denials": Denial.objects.filter(purchase=purchase).order_by("-id")[:20],
        "cases": Case.objects.filter(purchase=purchase).order_by("-opened_at"),
    }
    return show(request, "purchase", purchase.number, context)


def document(request: DeskRequest, number: str) -> HttpResponse:
    """The invoice or credit note that the customer has, byte for byte."""
    if number.startswith("IN"):
        get_object_or_404(Purchase.objects.filter(invoice__isnull=False), number=number)
    else:
        get_object_or_404(Refund, credit_note__number=number)
    response = HttpResponse(document_pdf(number), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response


def record_charge_back(request: DeskRequest, number: str) -> HttpResponse:
    purchase = get_object_or_404(_rows(), number=number)
    form = WhyForm(request.POST if request.method == "POST" else None)
    title = _("Record a charge-back: {number}").format(number=number)

    def act() -> HttpResponse:
        rights.assert_not_own(request.user, purchase=purchase)
        charge_back(purchase=purchase, by=request.user, why=form.cleaned_data["why"], now=request.now)
        messages.success(request, _("The charge-back is recorded, and its licences have ended."))
        return redirect("desk_purchase", number)

    def page(error_message: str, status: int) -> HttpResponse:
        context = {
            "purchase": purchase,
            "form": form,
            "error_message": error_message,
            "possible": purchase.status in {Status.COMPLETED, Status.REFUNDED},
            "ending": purchase.items.live().values_list("title", flat=True),
            "open_case": Case.objects.open().filter(purchase=purchase).first(),
        }
        return show(request, "charge_back", title, context, status=status)

    return answer_form(request, form, act=act, page=page)


def duplicates_page(request: DeskRequest) -> HttpResponse:
    """Duplicate charges that nobody asked about yet, each with the purchase that it repeats."""
    before = place(request.GET.get("before", ""))
    spans = {str(days): days for days in duplicates.LOOKED_BACK}
    days = spans.get(request.GET.get("days", ""), duplicates.LOOKED_BACK[0])
    rows = duplicates.unasked(now=request.now, days=days)
    shown = list((rows.filter(pk__lt=before) if before is not None else rows)[:51])
    context = {
        "shown": duplicates.with_first(shown[:50]),
        "older": f"?days={days}&before={shown[49].pk}" if len(shown) > 50 else "",
        "newest": "?" if before is not None else "",
        "checkbox": ACTION_CHECKBOX_NAME,
        "days": days,
        "spans": duplicates.LOOKED_BACK,
    }
    return show(request, "duplicates", _("Duplicate charges nobody asked about"), context)


def _rows() -> "QuerySet[Purchase]":
    return Purchase.objects.select_related("customer", "terms", "payment", "publisher", "asset", "bundle")


urlpatterns: list[URLPattern] = [
    at(rf"storefront/purchase/{NUMBER}/", purchase_page, "desk_purchase", may="storefront.view_purchase"),
    at(
        rf"storefront/purchase/{NUMBER}/charge-back/",
        record_charge_back,
        "desk_charge_back",
        may="storefront.charge_back",
    ),
    at(
        r"documents/(?P<number>(?:IN|CN)[0-9]{12})\.pdf",
        document,
        "desk_document",
        writes=True,
        may="storefront.view_invoice",
    ),
    at(r"duplicates/", duplicates_page, "desk_duplicates", may=rights.DECIDE),
]
