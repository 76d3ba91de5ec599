"""People: agents look them up, leads say what they are."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from accounts.people import ROLES, change_role
from doors.desk.pages import DeskRequest, answer_form, at, desk_request, show
from doors.desk.rows import ReadOnlyAdmin
from refunds.models import Case, Refund
from storefront.models import Purchase

LATEST = 10
ROLE_CHOICES = [("", _lazy("A customer")), ("agent", _lazy("An agent")), ("lead", _lazy("A lead"))]
NEW_ROLE = {
    "": _lazy("{person} is a customer."),
    "agent": _lazy("{person} is an agent."),
    "lead": _lazy("{person} is a lead."),
}

# Roles have a page of their own; e-mail addresses and second factors are managed by their owner, in the shop.
for model in (Group, EmailAddress, Authenticator):
    admin.site.unregister(model)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin[User]):
    list_display = ("email", "name", "is_active", "is_staff", "date_joined")
    list_filter = ("is_staff", "is_active")
    search_help_text = _lazy("E-mail, whole")

    def find(self, rows: "QuerySet[User]", words: str) -> "QuerySet[User]":
        return rows.filter(email=words.lower())

    def change_view(
        self, request: HttpRequest, object_id: str, *args: object, **options: object
    ) -> HttpResponse:
        person = get_object_or_404(
            User.objects.select_related("wallet"), pk=object_id if object_id.isdecimal() else 0
        )
        if not self.has_view_permission(request, person):
            raise PermissionDenied
        context = {
            "person": person,
            "purchases": Purchase.objects.filter(customer=person).order_by("-created_at", "-id")[:LATEST],
            "cases": Case.objects.filter(customer=person).order_by("-opened_at")[:LATEST],
            "refunds": Refund.objects.filter(customer=person)
            .select_related("purchase")
            .order_by("-id")[:LATEST],
            "memberships": person.memberships.select_related("publisher"),
            "acts": person.audit_lines.order_by("-id")[:LATEST] if person.is_staff else (),
        }
        return show(desk_request(request), "person", str(person), context)


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_lazy("What they are"),
        choices=ROLE_CHOICES,
        required=False,
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label=_lazy("Why"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


def roles(request: DeskRequest, pk: str) -> HttpResponse:
    """A lead makes somebody an agent, a lead or a customer, and says why; nobody changes their own role."""
    person = get_object_or_404(User, pk=pk)
    current = next((role for role, group in reversed(ROLES.items()) if group in person.role_names), "")
    form = RoleForm(request.POST if request.method == "POST" else None, initial={"role": current})

    def act() -> HttpResponse:
        role, why = form.cleaned_data["role"], form.cleaned_data["why"]
        change_role(user=person, role=role, by=request.user, why=why, now=request.now)
        messages.success(request, str(NEW_ROLE[role]).format(person=person))
        return redirect("admin:accounts_user_change", pk)

    def page(error_message: str, status: int) -> HttpResponse:
        if person == request.user:
            error_message, status = _("Nobody changes their own role."), 403 if form.is_bound else 200
        context = {"person": person, "form": form, "error_message": error_message}
        return show(request, "roles", _("Role of {person}").format(person=person), context, status=status)

    return answer_form(request, form, act=act, page=page)


urlpatterns: list[URLPattern] = [
    at(r"accounts/user/(?P<pk>[0-9]{1,18})/roles/", roles, "desk_roles", may="accounts.change_user"),
]
