"""The shapes of assets and bundles in answers."""

from collections.abc import Iterable

from rest_framework import serializers as s

from doors.api.drawing import Shape, whole
from storefront.models import Asset, AssetFile, Bundle


class File(Shape):
    id = whole(source="pk")
    name = s.CharField()
    version = s.CharField()
    quality = s.CharField()
    bytes = whole(source="size_bytes")


class AssetAnswer(Shape):
    slug = s.SlugField()
    title = s.CharField()
    publisher = s.SlugField(source="publisher.slug")
    price = whole(help_text="in whole credits; 0 only for a free asset")
    description = s.CharField()
    category = s.CharField()
    for_sale = s.BooleanField()
    requires = s.ListField(child=s.SlugField(), help_text="what it directly requires")
    files = File(many=True, help_text="newest first")

    @staticmethod
    def draw_for_sale(asset: Asset) -> bool:
        return asset.withdrawn_at is None

    @staticmethod
    def draw_requires(asset: Asset) -> list[str]:
        return sorted(one.slug for one in asset.requires.all())

    @staticmethod
    def draw_files(asset: Asset) -> Iterable[AssetFile]:
        return asset.files.all()


class BundleInList(Shape):
    slug = s.SlugField()
    title = s.CharField()
    publisher = s.SlugField(source="publisher.slug")
    price = whole()
    description = s.CharField()
    for_sale = s.BooleanField()

    @staticmethod
    def draw_for_sale(bundle: Bundle) -> bool:
        return bundle.withdrawn_at is None


class AssetInBundle(Shape):
    asset = s.SlugField(source="slug")
    title = s.CharField()
    publisher = s.SlugField(source="publisher.slug")
    price = whole(help_text="alone, today: what a refund would deduct once it is downloaded")


class BundleAnswer(BundleInList):
    assets = AssetInBundle(
        many=True, help_text="as they would be bought now: nested bundles opened, each once"
    )
