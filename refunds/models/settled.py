"""What is settled for good: refunds, denials, credit notes, charge-backs. None of it takes an UPDATE."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credits.models import MOST
from ground.guards import Guard
from refunds.enums import Basis
from storefront.models import Purchase
from storefront.models.documents import Numbered


class Refund(models.Model):
    """The fact that credits went back. One per purchase, ever: the 1-1 is that law."""

    guard = Guard()
    # The wallet's, right after it: known to whoever has just settled it, and kept in no column.
    balance: int | None = None

    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="refund")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="refunds")
    credits = models.BigIntegerField()
    basis = models.CharField(max_length=20, choices=Basis)
    full = models.BooleanField(help_text=_("nothing was downloaded, so every item was revoked"))
    facts = models.TextField(help_text=_("the facts that were judged, as canonical JSON"))
    decision = models.TextField(help_text=_("the decision on them, as every door shows it"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    door = models.CharField(max_length=20, help_text=_("how it was asked: page, api, store, desk, file"))
    case = models.OneToOneField("Case", models.PROTECT, null=True, blank=True, related_name="refund")
    at = models.DateTimeField(db_index=True)
    digest = models.CharField(max_length=64, help_text=_("of all the above; the ledger's entries carry it"))

    class Meta:
        ordering = ("-id",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(credits__gte=0, credits__lte=MOST), name="refund_in_whole_credits"
            ),
            models.CheckConstraint(condition=Q(basis__in=Basis.values), name="refund_on_a_known_basis"),
        ]

    def __str__(self) -> str:
        return f"{self.credits} credits for {self.purchase_id}"


class Denial(models.Model):
    """A no, kept with its facts, so that support sees what the customer saw."""

    guard = Guard()

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="denials")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    facts = models.TextField()
    decision = models.TextField()
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    door = models.CharField(max_length=20)
    at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"no for {self.purchase_id}"


class CreditNote(Numbered):
    """The document of a refund."""

    guard = Guard()

    refund = models.OneToOneField(Refund, models.PROTECT, related_name="credit_note")


class ChargeBack(models.Model):
    """A purchase whose payment was taken back outside the store: no credits move, all items are revoked."""

    guard = Guard()

    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="charge_back")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    why = models.TextField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"charge-back of {self.purchase_id}"
