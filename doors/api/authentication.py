"""Who a machine is, and what its key may do."""

from typing import TYPE_CHECKING, cast

from rest_framework import authentication, exceptions, permissions
from rest_framework.request import Request

from accounts.keys import CUSTOMER_SCOPES, PUBLISHER_SCOPES, find_key, grants
from accounts.models import ApiKey, Publisher, User
from doors.api.requests import ApiRequest, Call

if TYPE_CHECKING:  # The views name this module in their class body: importing them here would go in a ring.
    from rest_framework.views import APIView

    from doors.api.views import Route

OPEN = ""  # what a method needs that needs no key


def method_of(request: Request) -> str:
    """HEAD is GET without its body."""
    return "GET" if request.method == "HEAD" else str(request.method)


class KeyAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <key>`."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        kind, _, text = request.headers.get("Authorization", "").partition(" ")
        if not kind:
            return None
        key = find_key(text.strip(), now=cast(Call, request).now) if kind.lower() == "bearer" else None
        if key is None:
            raise exceptions.AuthenticationFailed("This key is unknown, expired or revoked.")
        return key.owner, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class SessionAuthentication(authentication.SessionAuthentication):
    """The shop's own pages, with CSRF; a 401 still names the way in for machines."""

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(permissions.BasePermission):
    """A view says for each of its methods which scope it needs, or that it is OPEN; one that forgets to fails."""

    message = "This key does not have the scope that this needs."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        method = method_of(request)
        if method.lower() not in view.http_method_names or not hasattr(view, method.lower()):
            return True  # It is told that there is no such method here.
        needed = cast("Route", view).scopes[method]
        if needed == OPEN:
            return True
        return request.user.is_authenticated and _has_scope(cast(ApiRequest, request), needed)


def _has_scope(request: ApiRequest, needed: str) -> bool:
    """What a key was given; whoever is signed in may do all of a person's own things, but never a store's."""
    if request.auth:
        return grants(request.auth.scopes, needed)
    if grants(CUSTOMER_SCOPES, needed):
        return True
    return grants(PUBLISHER_SCOPES, needed) and request.user.memberships.exists()


def publisher_of(request: ApiRequest) -> Publisher:
    """The publisher a key speaks for; a signed-in member speaks for theirs when there is just one."""
    if request.auth and request.auth.publisher:
        return request.auth.publisher
    memberships = list(request.user.memberships.select_related("publisher")[:2])
    if len(memberships) != 1:
        raise exceptions.PermissionDenied("Use a key of the publisher that you speak for.")
    return memberships[0].publisher
