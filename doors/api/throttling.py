"""How often a machine may ask: so many times a key or a person, and, without one, an address."""

from datetime import datetime

from django.conf import settings
from django.utils.crypto import salted_hmac
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from accounts import keys
from accounts.models import ApiKey
from doors.api.requests import Call
from ground import limits
from outbox.jobs import every


def throttle(request: Call) -> None:
    """Counts the request, in one statement outside any transaction, and turns it away if it is one too many."""
    who, rate = _who(request)
    wait = limits.count(who, rate, request.now)
    if wait is not None:
        raise Throttled(wait)


def _who(request: Call) -> tuple[str, str]:
    if isinstance(request.auth, ApiKey):
        return keys.counted_as(request.auth), settings.LIMIT_API_KEY
    if request.user.is_authenticated:
        return f"person {request.user.pk}", settings.LIMIT_API_KEY
    return f"address {_address(request)}", settings.LIMIT_API_ADDRESS


def _address(request: Call) -> str:
    """What TRUSTED_PROXIES proxies of ours vouch for, never what a client wrote into a header. Kept as a digest, which
    tells nobody who called."""
    return salted_hmac("address", BaseThrottle().get_ident(request)).hexdigest()


@every(hours=24)
def forget_limits(now: datetime) -> int:
    """Counts of whoever has not asked for a day. When a key was last used stays known."""
    keys.keep_last_uses()
    return limits.forget(now)
