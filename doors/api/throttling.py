"""How often a machine may ask: so many times a key, or, without one, an address."""

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from accounts.models import ApiKey


class PerKey(SimpleRateThrottle):
    scope = "key"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if isinstance(request.auth, ApiKey):
            return f"throttle-key-{request.auth.pk}"
        return f"throttle-person-{request.user.pk}" if request.user.is_authenticated else None


class PerAddress(SimpleRateThrottle):
    """The address is what TRUSTED_PROXIES proxies of ours vouch for, never what a client wrote into a header."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        return None if request.user.is_authenticated else f"throttle-address-{self.get_ident(request)}"
