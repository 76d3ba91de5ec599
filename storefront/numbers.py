"""Invoice and credit note numbers: how people may spell them, and how the next one is taken."""

import re

from django.db.models import F

from storefront.models import Series

FULL_WIDTH_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)}
BETWEEN_DIGITS = re.compile(r"[\s\u00ad\u200b\u2010-\u2015\u2212\uff0d-]+")
# ASCII only: with Unicode rules a dotless i would pass for an I, and other scripts' digits for digits.
INVOICE = re.compile(r"(?:IN)?([0-9]{12})", re.ASCII | re.IGNORECASE)


def normalise(text: str) -> str | None:
    """The invoice number that somebody meant, or None when it is none: IN 0100-0000-0007 is IN010000000007."""
    meant = INVOICE.fullmatch(BETWEEN_DIGITS.sub("", text.translate(FULL_WIDTH_DIGITS)))
    return f"IN{meant[1]}" if meant else None


def next_number(prefix: str) -> str:
    """Takes the next number of the store's own series. Called last in a transaction: everybody waits for this row."""
    series = Series.objects.lock(prefix)
    Series.objects.filter(pk=series.pk).update(last=F("last") + 1)
    return f"{prefix}{series.code}{series.last + 1:010d}"
