"""How often a machine may ask: so many times a key, or, without one, an address."""

from typing import TYPE_CHECKING

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiKey

if TYPE_CHECKING:  # The views name this module in their class body: importing them here would go in a ring.
    from rest_framework.views import APIView


class PerKey(SimpleRateThrottle):
    scope = "key"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if isinstance(request.auth, ApiKey):
            return f"throttle-key-{request.auth.pk}"
        return f"throttle-person-{request.user.pk}" if request.user.is_authenticated else None


class PerAddress(SimpleRateThrottle):
    """The address is what TRUSTED_PROXIES proxies of ours vouch for, never what a client wrote into a header."""

    scope = "address"

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        return None if request.user.is_authenticated else self.key_of(request)

    def key_of(self, request: Request) -> str:
        return f"throttle-address-{self.get_ident(request)}"


class PerStranger(PerAddress):
    """For requests that were turned away before anybody knew who sent them: counted together with the others."""

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        return self.key_of(request)
