"""What is for sale: read by anybody, no key needed."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from doors.api import shapes
from doors.api.authentication import OPEN
from doors.api.described import described
from doors.api.fields import Slug, Strict, Text, read_query
from doors.api.paging import PAGED, listed
from doors.api.views import Route, say
from storefront.contents import contents
from storefront.models import Asset, AssetFile, Bundle


class AssetFilters(Strict):
    q = Text(required=False, max_length=200, help_text="words that stand in the title")
    publisher = Slug(required=False)
    category = Text(required=False, max_length=50)


class BundleFilters(Strict):
    q = Text(required=False, max_length=200, help_text="words that stand in the title")
    publisher = Slug(required=False)


class Assets(Route):
    scopes = {"GET": OPEN}
    params = PAGED | {"q", "publisher", "category"}

    @described(
        "List assets for sale",
        name="catalogue_assets",
        answers={200: shapes.a_page_of(shapes.AssetAnswer)},
        query=[AssetFilters],
        paged=True,
    )
    def get(self, request: Request) -> HttpResponse:
        wanted = read_query(AssetFilters, request)
        rows = Asset.objects.on_sale().filter(_matching(wanted)).select_related("publisher")
        rows = rows.prefetch_related("requires", "files")
        if "category" in wanted:
            rows = rows.filter(category=wanted["category"])
        return say(
            listed(
                request, rows, ordering=("title", "id"), draw=lambda page: [asset_json(one) for one in page]
            )
        )


class OneAsset(Route):
    scopes = {"GET": OPEN}

    @described(
        "Read an asset", name="catalogue_asset", answers={200: shapes.AssetAnswer}, problems=["not_found"]
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        rows = Asset.objects.select_related("publisher").prefetch_related("requires", "files")
        return say(asset_json(get_object_or_404(rows, slug=slug)))


class Bundles(Route):
    scopes = {"GET": OPEN}
    params = PAGED | {"q", "publisher"}

    @described(
        "List bundles for sale",
        name="catalogue_bundles",
        answers={200: shapes.a_page_of(shapes.BundleInList)},
        query=[BundleFilters],
        paged=True,
    )
    def get(self, request: Request) -> HttpResponse:
        wanted = read_query(BundleFilters, request)
        rows = Bundle.objects.on_sale().filter(_matching(wanted)).select_related("publisher")
        return say(
            listed(
                request, rows, ordering=("title", "id"), draw=lambda page: [bundle_json(one) for one in page]
            )
        )


class OneBundle(Route):
    """With its assets as they would be bought now: nested bundles opened, each asset once."""

    scopes = {"GET": OPEN}

    @described(
        "Read a bundle", name="catalogue_bundle", answers={200: shapes.BundleAnswer}, problems=["not_found"]
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        bundle = get_object_or_404(Bundle.objects.select_related("publisher"), slug=slug)
        assets = contents(bundle)
        for_sale = bool(assets) and not bundle.withdrawn_at and not any(one.withdrawn_at for one in assets)
        return say(
            {
                **bundle_json(bundle),
                "for_sale": for_sale,
                "assets": [
                    {
                        "asset": one.slug,
                        "title": one.title,
                        "publisher": one.publisher.slug,
                        "price": one.price,
                    }
                    for one in assets
                ],
            }
        )


def asset_json(asset: Asset) -> dict[str, Any]:
    return {
        "slug": asset.slug,
        "title": asset.title,
        "publisher": asset.publisher.slug,
        "price": asset.price,
        "description": asset.description,
        "category": asset.category,
        "for_sale": asset.withdrawn_at is None,
        "requires": sorted(one.slug for one in asset.requires.all()),
        "files": [file_json(file) for file in asset.files.all()],
    }


def file_json(file: AssetFile) -> dict[str, Any]:
    return {
        "id": file.pk,
        "name": file.name,
        "version": file.version,
        "quality": file.quality,
        "bytes": file.size_bytes,
    }


def bundle_json(bundle: Bundle) -> dict[str, Any]:
    return {
        "slug": bundle.slug,
        "title": bundle.title,
        "publisher": bundle.publisher.slug,
        "price": bundle.price,
        "description": bundle.description,
        "for_sale": bundle.withdrawn_at is None,
    }


def _matching(wanted: dict[str, Any]) -> Q:
    found = Q()
    for word in wanted.get("q", "").split():
        found &= Q(title__icontains=word)
    return found & Q(publisher__slug=wanted["publisher"]) if "publisher" in wanted else found
