"""What is for sale. All of it may change tomorrow: purchases keep copies of what they need."""

from datetime import datetime
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Publisher
from credits.models import MOST
from ground.guards import Guard


class CatalogueQuerySet(models.QuerySet):
    def on_sale(self) -> Self:
        return self.filter(withdrawn_at=None)


class Asset(models.Model):
    """One digital product of one publisher."""

    kind = "asset"

    slug = models.SlugField(max_length=100, unique=True)
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="assets")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    category = models.CharField(
        max_length=50, blank=True, db_index=True, help_text=_("models, textures, tools…")
    )
    price = models.BigIntegerField(help_text=_("in whole credits; 0 only for a free asset"))
    requires = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="required_by")
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        ordering = ("title",)
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(price__gte=0, price__lte=MOST), name="asset_price_is_credits"),
        ]

    def __str__(self) -> str:
        return self.title


class AssetFile(models.Model):
    """One file of an asset: a version in a quality."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    version = models.CharField(max_length=50, default="1.0")
    quality = models.CharField(max_length=50, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    # Empty for a placeholder, whose few bytes are generated from its name when it is handed out.
    content = models.FileField(upload_to="assets/", blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ("-added_at", "-id")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Bundle(models.Model):
    """A set of assets sold for one price."""

    kind = "bundle"

    slug = models.SlugField(max_length=100, unique=True)
    publisher = models.ForeignKey(Publisher, models.PROTECT, related_name="bundles")
    title = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    price = models.BigIntegerField()
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = CatalogueQuerySet.as_manager()

    class Meta:
        ordering = ("title",)
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(price__gte=0, price__lte=MOST), name="bundle_price_is_credits"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class BundlePart(models.Model):
    """One line of a bundle's content: an asset, or another bundle that is flattened when bought."""

    bundle = models.ForeignKey(Bundle, models.CASCADE, related_name="parts")
    asset = models.ForeignKey(Asset, models.PROTECT, null=True, blank=True, related_name="+")
    inner = models.ForeignKey(Bundle, models.PROTECT, null=True, blank=True, related_name="held_by")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("position", "id")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(asset__isnull=False, inner__isnull=True)
                | Q(asset__isnull=True, inner__isnull=False),
                name="bundle_part_is_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(inner=None) | ~Q(inner=F("bundle")), name="bundle_not_in_itself"
            ),
            models.UniqueConstraint("bundle", "asset", name="bundle_names_an_asset_once"),
        ]

    def __str__(self) -> str:
        return f"{self.asset or self.inner} in {self.bundle}"


class TermsQuerySet(models.QuerySet["Terms"]):
    def in_force(self, at: datetime) -> "Terms":
        return self.filter(in_force_from__lte=at).order_by("-in_force_from", "-id")[:1].get()


class Terms(models.Model):
    """A version of the policy's numbers. A purchase is judged by the terms in force when it was completed."""

    guard = Guard()

    version = models.CharField(max_length=50, unique=True)
    in_force_from = models.DateTimeField(unique=True)
    window_days = models.PositiveIntegerField()
    bundle_percent = models.PositiveIntegerField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = TermsQuerySet.as_manager()

    class Meta:
        ordering = ("-in_force_from",)
        verbose_name_plural = "terms"
        permissions: ClassVar = [("publish_terms", "Can publish new terms")]  # English: stored
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(bundle_percent__lte=100), name="terms_percent_is_one"),
            models.CheckConstraint(condition=Q(window_days__lte=36_500), name="terms_window_is_days"),
        ]

    def __str__(self) -> str:
        return self.version
