"""The one gate of the portal: whoever is signed in and acts for a publisher today.

It asks the memberships anew with every request, so that somebody removed a minute ago is out. Behind it a view finds
`request.publisher`, and loads everything through it.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import Membership, Publisher, User
from accounts.publishers import open_invitations


class PortalRequest(HttpRequest):
    """What a view behind the gate is given."""

    user: User
    now: datetime
    publisher: Publisher
    membership: Membership
    memberships: list[Membership]


View = Callable[..., HttpResponseBase]
CHOSEN = "publisher"


def for_publishers(view: View) -> View:
    @login_required
    @wraps(view)
    def gated(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        request.memberships = memberships(request.user)
        if not request.memberships:
            return no_publisher(request)
        chosen = request.session.get(CHOSEN)
        mine = [one for one in request.memberships if one.publisher_id == chosen]
        if not mine and len(request.memberships) > 1:
            return redirect(f"{reverse('portal_choose')}?{urlencode({'next': request.get_full_path()})}")
        request.membership = (mine or request.memberships)[0]
        request.publisher = request.membership.publisher
        if request.POST.get("for", request.publisher.slug) != request.publisher.slug:
            # A form of another tab, filled in for another publisher.
            messages.error(
                request, f"You act for {request.publisher} now, so nothing was sent. Switch back to go on."
            )
            return redirect("portal_choose")
        return view(request, *args, **kwargs)

    return gated


def memberships(person: User) -> list[Membership]:
    rows = Membership.objects.filter(user=person).select_related("publisher")
    return list(rows.order_by("publisher__name", "publisher_id"))


def no_publisher(request: PortalRequest) -> HttpResponse:
    invitations = open_invitations(now=request.now, to=request.user).select_related("publisher", "invited_by")
    return render(request, "portal/no_publisher.html", {"invitations": invitations}, status=403)


@login_required
def choose(request: PortalRequest) -> HttpResponse:
    """For whom somebody acts who acts for several."""
    request.memberships = memberships(request.user)
    if not request.memberships:
        return no_publisher(request)
    wanted = request.POST.get("publisher", "")
    for one in request.memberships:
        if one.publisher.slug == wanted:
            request.session[CHOSEN] = one.publisher_id
            return redirect(_inside(request))
    context = {"memberships": request.memberships, "next": request.GET.get("next", "")}
    return render(request, "portal/choose.html", context)


def _inside(request: HttpRequest) -> str:
    """Back to where they were going, if that is in the portal."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/portal/")
    return target if safe else reverse("portal")
