"""Numbers and documents. A number is given once; what stands behind it never changes."""

from typing import ClassVar

from django.conf import settings
from django.db import connection, models

from ground.guards import Guard
from storefront.models.purchases import Purchase

SERIES_END = 10**10  # the first count that ten digits do not hold
TAKE = (
    'UPDATE storefront_series SET "last" = "last" + %s WHERE prefix = %s AND code = %s AND "last" + %s < %s '
    'RETURNING "last"'  # English: SQL
)


class SeriesQuerySet(models.QuerySet["Series"]):
    def lock(self, prefix: str) -> "Series":
        return self.select_for_update(of=("self",)).get(prefix=prefix, code=settings.INVOICE_SERIES)

    def take(self, prefix: str, count: int) -> tuple[str, int] | None:
        """Moves the store's own series on by so many and holds it until the transaction ends, all in one statement; the
        new last count. None where ten digits do not hold it."""
        with connection.cursor() as cursor:
            cursor.execute(TAKE, [count, prefix, settings.INVOICE_SERIES, count, SERIES_END])
            row = cursor.fetchone()
        return (settings.INVOICE_SERIES, row[0]) if row else None


class Series(models.Model):
    """A gapless run of numbers: prefix, two digits of series, ten digits of count. Locked last, released soonest."""

    INVOICE, CREDIT_NOTE = "IN", "CN"

    prefix = models.CharField(max_length=2)
    code = models.CharField(max_length=2)
    last = models.BigIntegerField(default=0)
    # Numbers that a loaded store's own invoices jumped over. Nothing else leaves a hole, and the proof counts.
    skipped = models.BigIntegerField(default=0)

    objects = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "series"
        constraints: ClassVar = [models.UniqueConstraint("prefix", "code", name="series_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.code}"

    def pass_by(self, count: int) -> None:
        """A number of this series that was given elsewhere. Past the end it leaves a hole before it, which the proof
        knows of; below the end it fills one."""
        self.skipped += max(0, count - self.last - 1) - (count < self.last)
        self.last = max(self.last, count)


class Numbered(models.Model):
    """The frozen facts of a document, under its number."""

    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.CharField(max_length=14, unique=True)
    facts = models.TextField()
    issued_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class Invoice(Numbered):
    """Of a completed purchase; a cancelled one gets a one-line void document."""

    guard = Guard()

    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="invoice")


class Document(models.Model):
    """The rendered bytes of an invoice or a credit note: the same number is the same bytes, for ever."""

    guard = Guard()

    number = models.CharField(max_length=14, primary_key=True)
    pdf = models.BinaryField()
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number
