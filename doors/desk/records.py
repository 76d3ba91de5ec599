"""Records that nobody edits: refunds, denials, credit notes, charge-backs, look-ups, the audit trail."""

import json
from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import AuditLine
from doors.desk.names import heading_of
from doors.desk.pages import desk_request, show
from doors.desk.rows import ReadOnlyAdmin, Shown
from ground.doors import Door
from refunds.models import Case, ChargeBack, CreditNote, Denial, LookUp, Refund
from refunds.policy import ReasonCode
from refunds.serial import decision_from_json
from refunds.wording import REASONS
from storefront.models import PurchaseItem
from storefront.numbers import normalise


class Lately(admin.SimpleListFilter):
    title, parameter_name = _lazy("when"), "since"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("7", _("last 7 days")), ("30", _("last 30 days"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Model]") -> "QuerySet[Model]":
        days = self.value()
        if days not in {"7", "30"}:
            return queryset
        return queryset.filter(at__gte=desk_request(request).now - timedelta(days=int(days)))


class How(admin.SimpleListFilter):
    title, parameter_name = _lazy("decided by"), "by"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [("policy", _("the policy alone")), ("people", _("people, on a request"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Model]") -> "QuerySet[Model]":
        if self.value() not in {"policy", "people"}:
            return queryset
        return queryset.filter(case__isnull=self.value() == "policy")


class ThroughDoor(admin.SimpleListFilter):
    """The doors are listed here, because finding them in the rows would read every row."""

    title, parameter_name = _lazy("through"), "door"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [
            (Door.PAGE, _("the shop")),
            (Door.API, _("the API")),
            (Door.STORE, _("another shop")),
            (Door.DESK, _("the desk")),
            (Door.FILE, _("a store file")),
        ]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Model]") -> "QuerySet[Model]":
        return queryset.filter(door=self.value()) if self.value() else queryset


class Because(admin.SimpleListFilter):
    title, parameter_name = _lazy("reason"), "reason"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, str]]:
        return [(code.value, str(REASONS[code].title)) for code in ReasonCode if code != ReasonCode.NOT_YOURS]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Model]") -> "QuerySet[Model]":
        return queryset.filter(gives(self.value())) if self.value() in set(ReasonCode) else queryset


def gives(code: str | None) -> Q:
    """Finds a reason in a stored decision, whose text is canonical."""
    return Q(decision__contains=f'"code":"{code}"')


class OfAPurchase(ReadOnlyAdmin[Shown]):
    """Found by the invoice number in any spelling, or by the customer's address."""

    search_help_text = _lazy("Invoice number in any spelling, or e-mail")

    def find(self, rows: "QuerySet[Shown]", words: str) -> "QuerySet[Shown]":
        if "@" in words:
            return rows.filter(customer__email=words.lower())
        return rows.filter(purchase__number=normalise(words) or "")


class Judged(OfAPurchase[Shown]):
    """A stored decision, shown as its reader saw it, with its facts."""

    def change_view(
        self, request: HttpRequest, object_id: str, *args: object, **options: object
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_queryset(request).select_related("purchase", "customer", "requested_by")
        row = get_object_or_404(rows, pk=object_id if object_id.isdecimal() else 0)
        name, what = self.opts.model_name, str(self.opts.verbose_name).capitalize()
        title = _("{what} for {number}").format(what=what, number=row.purchase.number)
        context = {
            "row": row,
            "what": what,
            "list_name": heading_of(self.opts),
            "list_address": reverse(f"admin:refunds_{name}_changelist"),
            "decision": decision_from_json(json.loads(row.decision)),
            "facts": _indented(row.facts),
            "stored": _indented(row.decision),
        }
        return show(desk_request(request), "judged", title, context)


@admin.register(Refund)
class RefundAdmin(Judged[Refund]):
    list_display = (
        "at",
        "purchase",
        "customer",
        "credits",
        "basis",
        "full",
        "requested_by",
        "door",
        "on_request",
    )
    list_select_related = ("purchase", "customer", "requested_by", "case")
    list_filter = (Lately, How, "basis", ThroughDoor)

    @admin.display(description=_lazy("request"))
    def on_request(self, refund: Refund) -> Case | None:
        return refund.case


@admin.register(Denial)
class DenialAdmin(Judged[Denial]):
    list_display = ("at", "purchase", "customer", "reasons", "requested_by", "door")
    list_select_related = ("purchase", "customer", "requested_by")
    list_filter = (Lately, Because, ThroughDoor)

    @admin.display(description=_lazy("reasons"))
    def reasons(self, denial: Denial) -> str:
        return ", ".join(reason["code"] for reason in json.loads(denial.decision)["reasons"])


@admin.register(CreditNote)
class CreditNoteAdmin(ReadOnlyAdmin[CreditNote]):
    list_display = ("number", "refund", "customer", "issued_at")
    list_select_related = ("refund", "customer")
    search_help_text = _lazy("Credit note number, or e-mail")

    def address_of(self, row: CreditNote) -> str:
        return reverse("admin:refunds_refund_change", args=[row.refund_id])

    def find(self, rows: "QuerySet[CreditNote]", words: str) -> "QuerySet[CreditNote]":
        if "@" in words:
            return rows.filter(customer__email=words.lower())
        return rows.filter(number=words.upper().replace(" ", ""))


@admin.register(ChargeBack)
class ChargeBackAdmin(ReadOnlyAdmin[ChargeBack]):
    list_display = ("at", "purchase", "by", "why")
    list_select_related = ("purchase", "by")

    def address_of(self, row: ChargeBack) -> str:
        return reverse("desk_purchase", args=[row.purchase.number])


@admin.register(PurchaseItem)
class PurchaseItemAdmin(OfAPurchase[PurchaseItem]):
    list_display = ("title", "purchase", "publisher", "original_price", "share", "kept_share", "revoked_at")
    list_select_related = ("purchase", "publisher")

    def address_of(self, row: PurchaseItem) -> str:
        return reverse("desk_purchase", args=[row.purchase.number])


@admin.register(LookUp)
class LookUpAdmin(ReadOnlyAdmin[LookUp]):
    list_display = ("at", "number", "hit", "publisher", "by", "api_key", "door")
    list_select_related = ("publisher", "by", "api_key")
    list_display_links = None
    list_filter = ("hit",)


@admin.register(AuditLine)
class AuditAdmin(ReadOnlyAdmin[AuditLine]):
    list_display = ("at", "by", "act", "subject", "why")
    list_display_links = None
    list_select_related = ("by",)
    search_help_text = _lazy("Exactly what it was about: an invoice, a request, an e-mail")

    def find(self, rows: "QuerySet[AuditLine]", words: str) -> "QuerySet[AuditLine]":
        return rows.filter(subject__in={words, words.upper(), normalise(words) or words})


def _indented(text: str) -> str:
    return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
