"""What every page knows: the store's name, where support is, and the reader's balance."""

from django.conf import settings
from django.http import HttpRequest

from accounts.models import User


def store(request: HttpRequest) -> dict[str, object]:
    user: User | None = getattr(request, "user", None)
    return {
        "STORE_NAME": settings.STORE_NAME,
        "SUPPORT_EMAIL": settings.SUPPORT_EMAIL,
        "TOP_UP_URL": settings.TOP_UP_URL,
        "DEBUG": settings.DEBUG,
        "now": getattr(request, "now", None),
        # Asked only by the pages that show them, and read when they are shown: never an old balance.
        "balance": (lambda: user.wallet.balance) if user is not None and user.is_authenticated else None,
    }
