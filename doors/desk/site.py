"""The desk is Django's admin with a gate of its own: staff with a second factor."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from doors.desk.names import heading_of


class Desk(AdminSite):
    site_header = site_title = settings.STORE_NAME
    index_title = _("Support desk")
    enable_nav_sidebar = False
    index_template = "desk/front.html"

    def has_permission(self, request: HttpRequest) -> bool:
        user = request.user
        return bool(
            user.is_active and user.is_staff and (not settings.STAFF_SECOND_FACTOR or user.has_second_factor)
        )

    def index(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> TemplateResponse:
        from doors.desk.front import front
        from doors.desk.pages import desk_request

        sent = desk_request(request)
        figures = front(sent.user, sent.now) if sent.user.has_perm("refunds.view_case") else {}
        return super().index(request, {**(extra_context or {}), **figures})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            for rows in app["models"]:
                rows["name"] = heading_of(rows["model"]._meta)
            app["models"].sort(key=lambda rows: rows["name"])
        return apps

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Signing in happens in the shop and leads back to this page. Staff without a second factor set one up first;
        customers are refused, since sending them to sign in would send them around in a ring."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        if not url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
            wanted = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")
        if self.has_permission(request):
            return redirect(wanted)
        if request.user.is_staff:
            return redirect("mfa_activate_totp")
        raise PermissionDenied
