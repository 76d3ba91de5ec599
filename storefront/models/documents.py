"""Numbers and documents. A number is given once; what stands behind it never changes."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.guards import Guard
from storefront.models.purchases import Purchase


class SeriesQuerySet(models.QuerySet["Series"]):
    def lock(self, prefix: str) -> "Series":
        return self.select_for_update(of=("self",)).get(prefix=prefix, code=settings.INVOICE_SERIES)


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


class Invoice(models.Model):
    """The frozen facts of a completed purchase; a cancelled one gets a one-line void document."""

    guard = Guard()

    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="invoice")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    number = models.CharField(max_length=14, unique=True)
    facts = models.TextField()
    issued_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Document(models.Model):
    """The rendered bytes of an invoice or a credit note: the same number is the same bytes, for ever."""

    guard = Guard()

    number = models.CharField(max_length=14, primary_key=True)
    pdf = models.BinaryField()
    rendered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number
