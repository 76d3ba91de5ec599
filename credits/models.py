"""Money rows. Their laws stand here a second time, as constraints; `ledger.py` holds to them first."""

import unicodedata
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from credits.ledger import MOST
from ground.guards import Guard


class Wallet(models.Model):
    """A customer's credits: the sum of its lots. The row is the lock for all below it."""

    guard = Guard(moves=("balance", "entries_count", "head_digest"))

    customer = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, primary_key=True, related_name="wallet"
    )
    balance = models.BigIntegerField(default=0)
    entries_count = models.BigIntegerField(default=0)
    head_digest = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        permissions: ClassVar = [("give_credits", "Can give credits to a customer")]  # English: stored
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(balance__gte=0, balance__lte=MOST), name="wallet_never_overdrawn"
            ),
        ]

    def __str__(self) -> str:
        return f"wallet of {self.customer_id}"


class Kind(models.TextChoices):
    PAID = "paid", _("Paid")
    PROMO = "promo", _("Promotional")
    COMPENSATION = "compensation", _("Compensation")


class LotQuerySet(models.QuerySet["Lot"]):
    def open(self) -> "LotQuerySet":
        return self.filter(remaining__gt=0)

    def in_spending_order(self) -> "LotQuerySet":
        """Soonest expiry first, then promotional, compensation, paid, then oldest."""
        rank = models.Case(
            models.When(kind=Kind.PROMO, then=0), models.When(kind=Kind.COMPENSATION, then=1), default=2
        )
        return self.order_by(F("expires_at").asc(nulls_last=True), rank, "created_at", "id")


class Lot(models.Model):
    """Credits that arrived together, and what is left of them."""

    guard = Guard(moves=("remaining",))

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="lots")
    kind = models.CharField(max_length=12, choices=Kind)
    issued = models.BigIntegerField()
    remaining = models.BigIntegerField()
    expires_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=200)
    # A lot that expired before its credits were given back cannot hold them: they come back as a new lot.
    reborn_from = models.ForeignKey("Usage", models.PROTECT, null=True, blank=True, related_name="reborn")
    created_at = models.DateTimeField()

    objects = LotQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["wallet", "expires_at"], name="lot_open", condition=Q(remaining__gt=0)),
            models.Index(fields=["expires_at"], name="lot_expiring", condition=Q(remaining__gt=0)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(issued__gte=1, issued__lte=MOST), name="lot_issues_something"),
            models.CheckConstraint(
                condition=Q(remaining__gte=0, remaining__lte=F("issued")),
                name="lot_between_nothing_and_issued",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="lot_of_a_known_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.remaining} of {self.issued} {self.kind}"


class ExpiryNotice(models.Model):
    """That the customer was told of a lot's coming expiry, so many days before."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="notices")
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("lot", "days", name="expiry_told_once_per_lot_and_deadline"),
        ]

    def __str__(self) -> str:
        return f"lot {self.lot_id}, {self.days} days"


class Payment(models.Model):
    """Credits that left a wallet for one purpose."""

    guard = Guard()

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="payments")
    credits = models.BigIntegerField()
    purpose = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(credits__gte=1, credits__lte=MOST), name="payment_of_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credits} for {self.purpose}"


class Usage(models.Model):
    """How many credits of a payment came from one lot, and how many of them came back."""

    guard = Guard(moves=("restored",))

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="usages")
    payment = models.ForeignKey(Payment, models.PROTECT, related_name="usages")
    spent = models.BigIntegerField()
    restored = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("lot", "payment", name="usage_once_per_lot_and_payment"),
            models.CheckConstraint(condition=Q(spent__gte=1), name="usage_spends_something"),
            models.CheckConstraint(
                condition=Q(restored__gte=0, restored__lte=F("spent")),
                name="usage_never_restores_more_than_spent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spent} spent, {self.restored} restored"


class EntryKind(models.TextChoices):
    GRANT = "grant"
    SPEND = "spend"
    RESTORE = "restore"
    EXPIRE = "expire"


class Entry(models.Model):
    """One line of a wallet's ledger: never changed, never deleted, chained to the line before it."""

    guard = Guard()

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="entries")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=8, choices=EntryKind)
    credits = models.BigIntegerField(help_text=_("signed"))
    balance_after = models.BigIntegerField()
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="entries")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, blank=True, related_name="entries")
    facts = models.TextField(help_text=_("canonical JSON of what this line stands for; part of the digest"))
    memo = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint("wallet", "number", name="entry_number_once_per_wallet"),
            models.CheckConstraint(condition=Q(balance_after__gte=0), name="entry_never_below_zero"),
            models.CheckConstraint(
                condition=Q(kind__in=["grant", "restore"], credits__gt=0)
                | Q(kind__in=["spend", "expire"], credits__lt=0),
                name="entry_signed_by_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.credits:+d}"


class CodeQuerySet(models.QuerySet["Code"]):
    def lock(self, reads_as: str) -> "Code | None":
        """The code, locked after its wallet: whoever counts its uses counts alone."""
        return self.select_for_update(of=("self",)).filter(reads_as=reads_as).first()


class Code(models.Model):
    """Text that adds credits to a wallet once redeemed."""

    code = models.CharField(max_length=50, unique=True)
    # How it is compared when somebody types it; kept beside the text so that a dump shows what was given. It may be
    # longer: a ligature reads as its letters.
    reads_as = models.CharField(max_length=900, unique=True, editable=False)
    credits = models.BigIntegerField()
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PROMO)
    uses = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("how often in all; empty: no limit")
    )
    per_user = models.PositiveIntegerField(
        null=True, blank=True, default=1, help_text=_("how often for each account")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="codes"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    lot_days = models.PositiveIntegerField(
        null=True, blank=True, help_text=_("how many days its credits live; empty: for good")
    )
    created_at = models.DateTimeField()

    objects = CodeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(credits__gte=1, credits__lte=MOST), name="code_gives_something"
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="code_of_a_known_kind"),
            models.CheckConstraint(condition=~Q(reads_as=""), name="code_reads_as_something"),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, **kwargs: Any) -> None:
        self.reads_as = reading(self.code)
        super().save(**kwargs)


class Redemption(models.Model):
    """A code that became a lot."""

    guard = Guard()

    code = models.ForeignKey(Code, models.PROTECT, related_name="redemptions")
    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="redemptions")
    lot = models.OneToOneField(Lot, models.PROTECT, related_name="redemption")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code} by {self.wallet_id}"


def reading(text: str) -> str:
    """How a code is compared: full-width letters, any case, spaces and dashes make no difference."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(letter for letter in plain if letter.isprintable() and letter not in " -")


class WrongCode(models.Model):
    """A code that somebody tried and that did not work: counted, so that nobody guesses for long."""

    wallet = models.ForeignKey(Wallet, models.PROTECT, related_name="wrong_codes")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["wallet", "at"], name="wrong_code_lately")]

    def __str__(self) -> str:
        return f"{self.wallet_id} at {self.at}"
