"""The one gate of the portal: whoever is signed in and acts for a publisher today.

It asks the memberships anew with every request, so that somebody removed a minute ago is out. Behind it a view has
`request.publisher`, and loads everything through it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.models import Membership, Publisher, User
from accounts.publishers import open_invitations
from doors.requests import PersonRequest, signed_in


class PortalRequest(PersonRequest):
    """From somebody who acts for a publisher."""

    publisher: Publisher
    membership: Membership
    memberships: list[Membership]


P = ParamSpec("P")
Response = TypeVar("Response", bound=HttpResponseBase)
CHOSEN = "publisher"


def for_publishers(
    view: Callable[Concatenate[PortalRequest, P], Response],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    @signed_in
    @wraps(view)
    def gated(person_request: PersonRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request = cast(PortalRequest, person_request)
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
            sentence = _("You act for {publisher} now, so nothing was sent. Switch back to go on.")
            messages.error(request, sentence.format(publisher=request.publisher))
            return redirect("portal_choose")
        return view(request, *args, **kwargs)

    return gated


def memberships(person: User) -> list[Membership]:
    rows = Membership.objects.filter(user=person).select_related("publisher")
    return list(rows.order_by("publisher__name", "publisher_id"))


def no_publisher(request: PersonRequest) -> HttpResponse:
    invitations = open_invitations(now=request.now, to=request.user).select_related("publisher", "invited_by")
    return render(request, "portal/no_publisher.html", {"invitations": invitations}, status=403)


@signed_in
def choose(person_request: PersonRequest) -> HttpResponse:
    """For whom somebody acts who acts for several."""
    request = cast(PortalRequest, person_request)
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
