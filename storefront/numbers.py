"""Invoice and credit note numbers: how people may spell them, and how the next one is taken."""

import re

from django.conf import settings
from django.utils.translation import gettext as _

from ground.refusals import Refusal
from storefront.models import Purchase, Series
from storefront.refusals import NumberTaken, WrongLine

FULL_WIDTH_DIGITS = {0xFF10 + digit: str(digit) for digit in range(10)}
# Spaces of every width, and dashes of every length, the full-width ones too.
SEPARATORS = "\\s\u00ad\u200b\u2010-\u2015\u2212\ufe58\ufe63\uff0d-"
BETWEEN_DIGITS = re.compile(f"[{SEPARATORS}]+")
# ASCII only: with Unicode rules a dotless i would pass for an I, and other scripts' digits for digits.
INVOICE = re.compile(r"(?:IN)?([0-9]{12})", re.ASCII | re.IGNORECASE)
# A number in running text: twelve digits in a row, or in groups as people read them out. A credit note's letters are
# taken along, so that normalising refuses it.
MENTION = re.compile(
    rf"(?<![^\W_])(?:(?:IN|CN)[{SEPARATORS}]*)?"
    rf"(?:[0-9]{{12}}(?![^\W_])|(?<![0-9][{SEPARATORS}])[0-9](?:[{SEPARATORS}]?[0-9]){{11}}(?![{SEPARATORS}]?[^\W_]))",
    re.IGNORECASE,
)
LONGEST_SPELLING = 100


def normalise(text: str) -> str | None:
    """The invoice number that somebody meant, or None when it is none: IN 0100-0000-0007 is IN010000000007."""
    if len(text) > LONGEST_SPELLING:
        return None
    meant = INVOICE.fullmatch(BETWEEN_DIGITS.sub("", text.translate(FULL_WIDTH_DIGITS)))
    return f"IN{meant[1]}" if meant else None


def numbers_in(text: str) -> list[str]:
    """Every invoice number that a text names, each once, in the order in which it names them."""
    mentions = MENTION.findall(text.translate(FULL_WIDTH_DIGITS))
    return list(dict.fromkeys(number for mention in mentions if (number := normalise(mention))))


def take_numbers(prefix: str, count: int) -> list[str]:
    """Takes the next numbers of the store's own series. Called last in a transaction: everybody waits for this row."""
    if not count:
        return []
    taken = Series.objects.take(prefix, count)
    if taken is None:
        raise Refusal(
            _("The store's series of numbers is full, so nothing was done. Its operator opens another.")
        )
    code, last = taken
    return [f"{prefix}{code}{number:010d}" for number in range(last - count + 1, last + 1)]


def claim_number(number: str) -> str:
    """An invoice number that was given elsewhere. In the store's own series it moves the series past it. Whoever
    claims waits for the series too, so that a number is given once."""
    series = Series.objects.lock(Series.INVOICE)
    if Purchase.objects.filter(number=number).exists():
        raise NumberTaken(invoice=number)
    count = int(number[4:])
    if not count:
        raise WrongLine(
            "invoice",
            "Every series starts with 1.",
            of_line=f"has the number {number}, and every series starts with 1",
        )
    if number[2:4] == settings.INVOICE_SERIES:
        series.pass_by(count)
        series.save(update_fields=["last", "skipped"])
    return number
