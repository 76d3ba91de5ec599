"""What was bought, and what was downloaded of it: frozen when it happened."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Publisher, User
from credits.models import MOST, Payment
from ground.doors import Door
from ground.guards import Guard
from ground.prepared import Given, Prepared, as_model, columns
from storefront.enums import Cause, Status
from storefront.models.catalogue import Asset, AssetFile, Bundle, Terms
from storefront.windows import refundable_until

if TYPE_CHECKING:
    from storefront.sold import Part


class PurchaseQuerySet(models.QuerySet["Purchase"]):
    def owned_by(self, person: User) -> Self:
        return self.filter(customer=person)

    def to_judge(self) -> Self:
        """With what every quote reads of a purchase, in the same statement."""
        return self.select_related("terms", "customer")

    def bought_by(self, person: User, number: str) -> Purchase:
        """One's own purchase of this number, with what every quote reads of it; somebody else's is one that never was."""
        rows = _own(customer=person.pk, number=number)
        if not rows:
            raise self.model.DoesNotExist
        return _with_terms_and_buyer(rows[0])

    def lock(self, pk: int) -> Purchase:
        """The purchase, locked: and with it its items, its downloads and its cases."""
        return self.lock_all([pk])[0]

    def lock_all(self, pks: Collection[int]) -> list[Purchase]:
        """Several, always by id, so that two who want the same ones never wait for each other in a ring."""
        locked = [_with_terms_and_buyer(row) for row in _locked(pks=pks)]
        if len(locked) < len(set(pks)):
            raise self.model.DoesNotExist
        return locked


class Purchase(models.Model):
    """One customer buying one asset or one bundle. Its number is its public ID.

    The counters change only under this row's lock: by the first counted download of an item, and by a strike that
    leaves an item without one. `asked_*` remember how things stood when a refund was last asked for.
    """

    guard = Guard(
        moves=(
            "status",
            "completed_at",
            "downloaded_count",
            "downloaded_price",
            "revoked_at",
            "asked_at",
            "asked_count",
            "asked_price",
        )
    )

    number = models.CharField(max_length=14, unique=True)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="purchases")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="purchases")
    bundle = models.ForeignKey(Bundle, models.PROTECT, null=True, blank=True, related_name="purchases")
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="purchases")
    title = models.CharField(max_length=200)
    credits_spent = models.BigIntegerField()
    status = models.CharField(max_length=12, choices=Status, default=Status.COMPLETED)
    created_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    terms = models.ForeignKey(Terms, models.PROTECT, related_name="+")
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, blank=True, related_name="purchase")
    items_count = models.PositiveIntegerField()
    downloaded_count = models.PositiveIntegerField(default=0)
    downloaded_price = models.BigIntegerField(default=0)
    download_log = models.BooleanField(
        default=True, help_text=_("whether the store knows what was downloaded")
    )
    allowed_duplicate = models.BooleanField(default=False, help_text=_("the buyer ticked “buy again”"))
    revoked_at = models.DateTimeField(
        null=True, blank=True, help_text=_("when all items were revoked at once")
    )
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_count = models.PositiveIntegerField(default=0)
    asked_price = models.BigIntegerField(default=0)

    # Its items, where it was bought just now: whoever shows it need not read them.
    just_bought: Sequence[Part] | None = None

    objects = PurchaseQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        permissions: ClassVar = [("charge_back", "Can record a charge-back")]  # English: stored
        indexes: ClassVar = [
            models.Index(fields=["customer", "-created_at", "-id"], name="purchase_history"),
            models.Index(fields=["-created_at", "-id"], name="purchase_newest"),
            models.Index(fields=["asked_at"], name="purchase_asked", condition=Q(asked_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(asset__isnull=False, bundle__isnull=True)
                | Q(asset__isnull=True, bundle__isnull=False),
                name="purchase_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(credits_spent__gte=0, credits_spent__lte=MOST), name="purchase_for_whole_credits"
            ),
            models.CheckConstraint(
                condition=Q(payment__isnull=False) | Q(credits_spent=0), name="purchase_is_paid_unless_free"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.COMPLETED, Status.REFUNDED]) | Q(completed_at__isnull=False),
                name="purchase_completed_at_some_time",
            ),
            models.CheckConstraint(
                condition=Q(downloaded_count__lte=F("items_count"), downloaded_price__gte=0),
                name="purchase_counts_its_own_items",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_bundle(self) -> bool:
        return self.bundle_id is not None

    @property
    def refundable_until(self) -> datetime | None:
        """The end of the window that the buyer was promised; whether it can be refunded is for the policy to say."""
        return refundable_until(
            status=self.status, completed_at=self.completed_at, window_days=self.terms.window_days
        )


def _judged(**named: Given) -> models.QuerySet[Purchase, tuple[object, ...]]:
    rows = Purchase.objects.filter(**named).order_by("pk")
    return rows.values_list(*columns(Purchase), *columns(Terms, of="terms"), *columns(User, of="customer"))


_locked = Prepared(lambda: _judged(pk__among=Given("pks")), lock=Purchase)
_own = Prepared(lambda: _judged(customer=Given("customer"), number=Given("number")))


def _with_terms_and_buyer(row: tuple[object, ...]) -> Purchase:
    own, terms = len(columns(Purchase)), len(columns(Terms))
    purchase = as_model(Purchase, row[:own])
    purchase.terms = as_model(Terms, row[own : own + terms])
    purchase.customer = as_model(User, row[own + terms :])
    return purchase


class PurchaseItemQuerySet(models.QuerySet["PurchaseItem"]):
    def live(self) -> Self:
        return self.filter(
            purchase__status__in=[Status.COMPLETED, Status.REFUNDED],
            purchase__revoked_at=None,
            revoked_at=None,
        )


class PurchaseItem(models.Model):
    """One asset inside a purchase, frozen when it was bought."""

    guard = Guard(moves=("first_downloaded_at", "kept_share", "revoked_at"))

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="sold_items")
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="sold_items")
    title = models.CharField(max_length=200)
    original_price = models.BigIntegerField()
    share = models.BigIntegerField(help_text=_("its part of the credits spent"))
    kept_share = models.BigIntegerField(
        null=True,
        blank=True,
        help_text=_(
            "what its publisher keeps after a refund; more than the share where others were given back"
        ),
    )
    first_downloaded_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = PurchaseItemQuerySet.as_manager()

    class Meta:
        ordering = ("position",)
        indexes: ClassVar = [
            models.Index(fields=["customer", "asset"], name="item_owned"),
            models.Index(fields=["publisher", "purchase"], name="item_sold_by"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint("purchase", "asset", name="item_once_per_purchase"),
            models.CheckConstraint(
                condition=Q(original_price__gte=0, original_price__lte=MOST, share__gte=0, share__lte=MOST),
                name="item_in_whole_credits",
            ),
            models.CheckConstraint(
                condition=Q(kept_share=None) | Q(kept_share__gte=0, kept_share__lte=MOST),
                name="item_keeps_whole_credits",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Download(models.Model):
    """The store handing out one file of one item, committed before the first byte leaves."""

    guard = Guard(moves=("struck_at", "struck_by", "struck_why"))

    item = models.ForeignKey(PurchaseItem, models.PROTECT, related_name="downloads")
    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="downloads")
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="+")
    file = models.ForeignKey(AssetFile, models.PROTECT, null=True, blank=True, related_name="+")
    version = models.CharField(max_length=50, blank=True)
    cause = models.CharField(max_length=10, choices=Cause, default=Cause.DIRECT)
    via = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="+")
    told = models.TextField(blank=True, help_text=_("what the page said before the click"))
    door = models.CharField(max_length=20, default=Door.PAGE)
    at = models.DateTimeField()
    struck_at = models.DateTimeField(null=True, blank=True)
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    struck_why = models.TextField(blank=True)

    class Meta:
        ordering = ("at", "id")
        permissions: ClassVar = [("strike_download", "Can strike a download")]  # English: stored
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cause=Cause.DIRECT, via__isnull=True)
                | Q(cause=Cause.DEPENDENCY, via__isnull=False),
                name="download_by_dependency_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset_id} at {self.at}"


class ShopReference(models.Model):
    """What another shop calls a purchase that it registered; each of its keys counts its references for itself."""

    name = models.CharField(max_length=255, unique=True)
    purchase = models.OneToOneField(Purchase, models.PROTECT, related_name="shop_reference")

    def __str__(self) -> str:
        return f"{self.name} is {self.purchase_id}"
