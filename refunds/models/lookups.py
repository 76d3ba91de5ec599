"""Who looked which invoice number up: for the publishers' list, and against guessing."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import ApiKey, Publisher
from storefront.models import Purchase


class VerifiedInvoice(models.Model):
    """An invoice that a publisher has verified; its list shows what is true today."""

    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="verified_invoices")
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    last_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    last_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-last_at", "-id")
        constraints: ClassVar = [
            models.UniqueConstraint("publisher", "purchase", name="verified_once_per_publisher"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["publisher", "-last_at", "-id"], name="verified_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} by {self.publisher}"


class LookUp(models.Model):
    """One number that was asked for. Misses are counted from these rows, so that no race loses one."""

    publisher = models.ForeignKey(Publisher, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField(max_length=14)
    hit = models.BooleanField()
    door = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["api_key", "at"], name="lookup_by_key_lately"),
            models.Index(fields=["by", "at"], name="lookup_by_person_lately"),
            models.Index(fields=["api_key", "at"], name="miss_by_key", condition=models.Q(hit=False)),
            models.Index(fields=["by", "at"], name="miss_by_person", condition=models.Q(hit=False)),
            models.Index(fields=["publisher", "at"], name="lookup_by_publisher_lately"),
            models.Index(fields=["publisher", "at"], name="miss_by_publisher", condition=models.Q(hit=False)),
        ]

    def __str__(self) -> str:
        return f"{self.number} {'hit' if self.hit else 'miss'}"
