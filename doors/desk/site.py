"""The desk is Django admin with our name on it and our own gate: agents and leads who are who they say they are."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse


class Desk(AdminSite):
    site_header = site_title = settings.STORE_NAME
    index_title = "Support desk"
    enable_nav_sidebar = False
    index_template = "desk/front.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(
            user.is_active
            and user.is_staff
            and (not settings.STAFF_SECOND_FACTOR or _has_second_factor(user))
        )

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        from doors.desk.front import front

        figures = front(request.user, request.now) if request.user.has_perm("refunds.view_case") else {}
        return super().index(request, {**(extra_context or {}), **figures})

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponseBase:
        """There is one way to sign in, the shop's; whoever is in without a second factor is sent to set one up."""
        if request.user.is_authenticated and request.user.is_staff:
            if settings.STAFF_SECOND_FACTOR and not _has_second_factor(request.user):
                return redirect("mfa_activate_totp")
            return redirect("admin:index")
        return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")


def _has_second_factor(user: object) -> bool:
    from allauth.mfa.utils import is_mfa_enabled

    return bool(is_mfa_enabled(user))
