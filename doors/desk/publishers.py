"""Publishers: agents look them up, leads make them and say who acts for them."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _lazy

from accounts import audit
from accounts.models import Membership, Publisher, PublisherEmail
from accounts.publishers_at_desk import change_addresses_within, change_members_within
from doors.desk.lines import KnownForm, KnownLines
from doors.desk.pages import DeskRequest, desk_request
from doors.desk.rows import ReadOnlyAdmin
from doors.kinds import page_status
from ground.refusals import Refusal


class EmailInline(admin.TabularInline):
    model = PublisherEmail
    extra = 1
    fields = ("address", "confirmed_at")


class MemberForm(KnownForm):
    class Meta:
        model = Membership
        fields = ("user", "role")
        labels = {"user": _lazy("Person")}


class MemberInline(KnownLines):
    model = Membership
    form = MemberForm
    read_with = ("user", "publisher")
    extra = 1
    fields = ("user", "role")
    raw_id_fields = ("user",)


class RefusedRequest(DeskRequest):
    """A request that was refused once, and why."""

    refusal: str


class PublisherForm(forms.ModelForm):
    refusal = ""

    def clean(self) -> dict[str, Any] | None:
        if self.refusal:
            raise ValidationError(self.refusal)
        return super().clean()


@admin.register(Publisher)
class PublisherAdmin(ReadOnlyAdmin):
    """Leads create publishers and edit their addresses and members. What a service refuses is shown above the form, which
    keeps what was typed."""

    form = PublisherForm
    list_display = ("name", "slug", "created_at")
    fields = ("name", "slug", "created_at")
    readonly_fields = ("created_at",)
    inlines = (EmailInline, MemberInline)
    search_help_text = _lazy("Slug, or name, whole")

    def find(self, rows: "QuerySet[Publisher]", words: str) -> "QuerySet[Publisher]":
        return rows.filter(slug=words.lower()) | rows.filter(name=words)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refusal as refusal:
            cast(RefusedRequest, request).refusal = str(refusal)
            page = super().changeform_view(request, object_id, form_url, extra_context)
            page.status_code = page_status(refusal)
            return page

    def get_form(
        self, request: HttpRequest, obj: Publisher | None = None, change: bool = False, **kwargs: Any
    ) -> type[PublisherForm]:
        form = cast("type[PublisherForm]", super().get_form(request, obj, change, **kwargs))
        form.refusal = getattr(request, "refusal", "")
        return form

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: BaseInlineFormSet, change: bool
    ) -> None:
        if not change:
            # A new publisher has nothing to lose, and one line of the trail tells of all.
            super().save_formset(request, form, formset, change)
            return
        sent = desk_request(request)
        formset.save(commit=False)
        changed = [row for row, _fields in formset.changed_objects]
        if formset.model is PublisherEmail:
            rows = [*formset.new_objects, *changed]
            change_addresses_within(publisher=form.instance, addresses=rows, by=sent.user, now=sent.now)
            return
        before = Membership.objects.in_bulk([row.pk for row in changed])
        # Another person on an old line: they come, and whoever stood there goes.
        replaced = [row for row in changed if row.user_id != before[row.pk].user_id]
        change_members_within(
            publisher=form.instance,
            joining=[*formset.new_objects, *replaced],
            roles=[row for row in changed if row not in replaced],
            leaving=[*formset.deleted_objects, *(before[row.pk] for row in replaced)],
            by=sent.user,
            now=sent.now,
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("accounts.add_publisher")

    def has_change_permission(self, request: HttpRequest, obj: Publisher | None = None) -> bool:
        return request.user.has_perm("accounts.change_publisher")

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Publisher | None = None
    ) -> dict[str, Sequence[str]]:
        return {"slug": ("name",)} if self.has_change_permission(request, obj) else {}

    def log_addition(self, request: HttpRequest, obj: Publisher, message: Any) -> LogEntry:
        sent = desk_request(request)
        audit.record(by=sent.user, act="make publisher", subject=obj.slug, why=obj.name, now=sent.now)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Publisher, message: Any) -> LogEntry:
        sent, why = desk_request(request), f"{self.opts.verbose_name}: {message}"
        audit.record(by=sent.user, act="change publisher", subject=obj.slug, why=why, now=sent.now)
        return super().log_change(request, obj, message)
