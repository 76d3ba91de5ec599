"""What every store has from the first day: the standard terms and its own number series."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from storefront.models import Series, Terms

SINCE = datetime(1970, 1, 1, tzinfo=UTC)


def make_standards(using: str = DEFAULT_DB_ALIAS, **_: object) -> None:
    Terms.objects.using(using).get_or_create(
        version="standard",
        defaults={"in_force_from": SINCE, "window_days": 30, "bundle_percent": 50, "created_at": SINCE},
    )
    for prefix in (Series.INVOICE, Series.CREDIT_NOTE):
        Series.objects.using(using).get_or_create(prefix=prefix, code=settings.INVOICE_SERIES)
