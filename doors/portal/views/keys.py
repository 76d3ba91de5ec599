"""Keys for a publisher's own tools: made, named, rotated, revoked; and what was looked up with them."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import keys
from accounts.models import ApiKey
from doors.paging import page_of
from doors.portal.gate import PortalRequest, for_publishers
from doors.portal.refusals import ShownRefusals
from refunds.models import LookUp

LOOK_UPS_ON_A_PAGE = 50


class KeyForm(forms.Form):
    name = forms.CharField(
        label=_lazy("Name of the key"), max_length=100, help_text=_lazy("Say which tool uses it.")
    )
    scope = forms.ChoiceField(
        label=_lazy("What it may do"),
        choices=[
            ("publisher:read", _lazy("Verify invoices")),
            ("publisher:write", _lazy("Verify invoices, ask for refunds and answer requests")),
        ],
    )


class NameForm(forms.Form):
    name = forms.CharField(label=_lazy("Name"), max_length=100)


@never_cache
@for_publishers
def key_list(request: PortalRequest) -> HttpResponseBase:
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with ShownRefusals(request, form):
            made = keys.make_publisher_key(
                publisher=request.publisher,
                by=request.user,
                name=form.cleaned_data["name"],
                scopes=[form.cleaned_data["scope"]],
                now=request.now,
            )
            return _shown_once(request, *made)
    living = _living(request).select_related("owner").order_by("-created_at", "-id")
    revoked = request.publisher.api_keys.exclude(revoked_at=None).order_by("-revoked_at")[:10]
    shown = {"keys": keys.with_last_use(living), "revoked": keys.with_last_use(revoked)}
    return render(request, "portal/keys.html", {"form": form, **shown}, status=422 if form.errors else 200)


@for_publishers
@require_POST
def rename(request: PortalRequest, pk: int) -> HttpResponseBase:
    key, form = get_object_or_404(_living(request), pk=pk), NameForm(request.POST)
    if form.is_valid():
        key.name = form.cleaned_data["name"]
        key.save(update_fields=["name"])
        messages.success(request, _("The key is called {name} now.").format(name=key.name))
    else:
        messages.error(request, _("A key needs a name of at most 100 characters. Nothing was changed."))
    return redirect("portal_keys")


@never_cache
@for_publishers
@require_POST
def rotate(request: PortalRequest, pk: int) -> HttpResponseBase:
    key = get_object_or_404(_living(request), pk=pk)
    with ShownRefusals(request):
        return _shown_once(request, *keys.rotate(key=key, by=request.user, now=request.now), instead_of=key)
    return redirect("portal_keys")


@for_publishers
@require_POST
def revoke(request: PortalRequest, pk: int) -> HttpResponseBase:
    key = get_object_or_404(_living(request), pk=pk)
    keys.revoke(key=key, now=request.now)
    messages.success(request, _("The key {name} opens nothing any more.").format(name=key.name or key.prefix))
    return redirect("portal_keys")


@for_publishers
def look_ups(request: PortalRequest) -> HttpResponse:
    """Who looked up what: the numbers as they were read, never a key's secret."""
    rows = LookUp.objects.filter(publisher=request.publisher).select_related("api_key", "by")
    page = page_of(request, rows, by="at", size=LOOK_UPS_ON_A_PAGE)
    context = {"look_ups": page.rows, "newer": page.newer, "older": page.older}
    return render(request, "portal/look_ups.html", context)


def _living(request: PortalRequest) -> "QuerySet[ApiKey]":
    return ApiKey.objects.filter(publisher=request.publisher, revoked_at=None)


def _shown_once(
    request: PortalRequest, key: ApiKey, secret: str, *, instead_of: ApiKey | None = None
) -> HttpResponse:
    """The answer to the POST itself: the secret is in no session, no address and no message."""
    context = {
        "key": key,
        "secret": secret,
        "instead_of": instead_of,
        "address": f"{settings.PUBLIC_URL}{reverse('verify_json')}",
    }
    return render(request, "portal/key_made.html", context)
