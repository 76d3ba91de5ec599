"""What is for sale: read by anybody, no key needed."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from doors.api import catalogue_shapes, shapes
from doors.api.fields import Checked, Slug, Strict, Text, read_query
from doors.api.paging import listed
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say
from storefront.contents import contents
from storefront.models import Asset, Bundle


class AssetFilters(Strict):
    q = Text(required=False, max_length=200, help_text="words that stand in the title")
    publisher = Slug(required=False)
    category = Text(required=False, max_length=50)


class BundleFilters(Strict):
    q = Text(required=False, max_length=200, help_text="words that stand in the title")
    publisher = Slug(required=False)


@route(
    "get",
    "assets/",
    "List assets for sale",
    name="catalogue_assets",
    answers={200: shapes.a_page_of(catalogue_shapes.AssetAnswer)},
    query=AssetFilters,
    paged=True,
)
def list_assets(request: ApiRequest) -> HttpResponse:
    wanted = read_query(AssetFilters, request)
    rows = Asset.objects.on_sale().filter(_matching(wanted)).select_related("publisher")
    rows = rows.prefetch_related("requires", "files")
    if "category" in wanted:
        rows = rows.filter(category=wanted["category"])
    return say(listed(request, rows, ordering=("title", "id"), shape=catalogue_shapes.AssetAnswer))


@route(
    "get",
    "assets/<slug:slug>/",
    "Read an asset",
    name="catalogue_asset",
    answers={200: catalogue_shapes.AssetAnswer},
    problems=["not_found"],
)
def read_asset(request: ApiRequest, slug: str) -> HttpResponse:
    rows = Asset.objects.select_related("publisher").prefetch_related("requires", "files")
    return say(catalogue_shapes.AssetAnswer.draw(get_object_or_404(rows, slug=slug)))


@route(
    "get",
    "bundles/",
    "List bundles for sale",
    name="catalogue_bundles",
    answers={200: shapes.a_page_of(catalogue_shapes.BundleInList)},
    query=BundleFilters,
    paged=True,
)
def list_bundles(request: ApiRequest) -> HttpResponse:
    wanted = read_query(BundleFilters, request)
    rows = Bundle.objects.on_sale().filter(_matching(wanted)).select_related("publisher")
    return say(listed(request, rows, ordering=("title", "id"), shape=catalogue_shapes.BundleInList))


@route(
    "get",
    "bundles/<slug:slug>/",
    "Read a bundle",
    name="catalogue_bundle",
    answers={200: catalogue_shapes.BundleAnswer},
    problems=["not_found"],
)
def read_bundle(request: ApiRequest, slug: str) -> HttpResponse:
    bundle = get_object_or_404(Bundle.objects.select_related("publisher"), slug=slug)
    assets = contents(bundle)
    for_sale = bool(assets) and not bundle.withdrawn_at and not any(one.withdrawn_at for one in assets)
    return say(catalogue_shapes.BundleAnswer.draw(bundle, for_sale=for_sale, assets=assets))


def _matching(wanted: Checked) -> Q:
    found = Q()
    for word in wanted.get("q", "").split():
        found &= Q(title__icontains=word)
    return found & Q(publisher__slug=wanted["publisher"]) if "publisher" in wanted else found
