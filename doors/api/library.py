"""What a customer owns, what fetching it would cost, and fetching it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from django.http import HttpResponse
from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from doors.api import shapes
from doors.api.fields import Slug, Strict, read
from doors.api.keys import asking
from doors.api.paging import listed
from doors.api.requests import ApiRequest
from doors.api.routes import route
from doors.api.views import say
from ground.doors import Door
from ground.receipts import Answer
from refunds.costs import download_costs
from storefront import links
from storefront.dependencies import all_requirements, owned_dependencies
from storefront.models import Asset, AssetFile, Download, PurchaseItem
from storefront.owned import live_items, oldest_of_each, owned_ids
from storefront.refusals import NotOwned
from storefront.services import Wanted, download, request_download

MOST_DEPENDENCIES = 500
TOLD = "Asked for through the API, which tells at /api/v1/library/ what a download costs."


@extend_schema_field(
    {
        "oneOf": [
            {"type": "boolean"},
            {"type": "array", "items": {"type": "string"}, "maxItems": MOST_DEPENDENCIES},
        ],
        "default": True,
    }
)
class Dependencies(serializers.Field):
    """true: all that are owned; false: none; or a list of their slugs."""

    default_error_messages = {"invalid": "Say true, false, or name them in a list."}

    def to_internal_value(self, data: object) -> bool | list[str]:
        if isinstance(data, bool):
            return data
        if not isinstance(data, list) or len(data) > MOST_DEPENDENCIES:
            self.fail("invalid")
        return [Slug().run_validation(each) for each in data]


class FileId(serializers.IntegerField):
    def to_internal_value(self, data: object) -> int:
        if type(data) is not int:
            self.fail("invalid")
        return data


class WhatToFetch(Strict):
    file = FileId(
        required=False, allow_null=True, default=None, help_text="of `files` in the library; null: the newest"
    )
    dependencies = Dependencies(
        required=False, default=True, help_text="true: all that are owned; false: none; or their slugs"
    )


@route(
    "get",
    "library/",
    "What I own, and what a download would cost",
    name="library_list",
    scope="purchases:read",
    answers={200: shapes.a_page_of(shapes.OwnedAsset)},
    paged=True,
)
def list_library(request: ApiRequest) -> HttpResponse:
    rows = oldest_of_each(request.user, request.now).prefetch_related("asset__files")
    return say(listed(request, rows, ordering=("title", "id"), draw=lambda page: _shelf(request, page)))


def downloaded_before(request: ApiRequest, answer: Answer) -> HttpResponse:
    """Asked for again: fresh links to the very same downloads, which are counted once."""
    rows = Download.objects.filter(customer=request.user, pk__in=json.loads(answer.body)["recorded"])
    made = rows.select_related("asset", "via", "purchase").order_by("pk")
    response = say({"downloads": [_handed_out(request, one, made_at=request.now) for one in made]}, 201)
    response["Idempotent-Replayed"] = "true"
    return response


@route(
    "post",
    "library/<slug:asset>/download/",
    "Download an asset",
    name="library_download",
    scope="purchases:write",
    body=WhatToFetch,
    key="taken",
    again=downloaded_before,
    answers={201: shapes.Downloads},
    problems=["not_owned", "busy"],
    more="It counts from this moment on; what it costs stands in the library.",
)
def download_asset(request: ApiRequest, asset: str) -> HttpResponse:
    wish = read(WhatToFetch, request)
    item = live_items(request.user, request.now).filter(asset__slug=asset).select_related("asset").first()
    if item is None:
        raise NotOwned
    wanted = [Wanted(item.asset, file=_file(item.asset, wish["file"]))]
    wanted += _along(owned_dependencies(request.user, item.asset, request.now), wish["dependencies"])
    if "Idempotency-Key" not in request.headers:
        made = download(customer=request.user, wanted=wanted, told=TOLD, door=Door.API, now=request.now)
    else:
        answer = request_download(asking=asking(request, _recorded), wanted=wanted, told=TOLD)
        if answer.replayed:  # a twin was quicker
            return downloaded_before(request, answer)
        made = cast("list[Download]", answer.outcome)
    return say({"downloads": [_handed_out(request, one) for one in made]}, 201)


def _recorded(made: list[Download]) -> tuple[int, dict[str, object]]:
    return 201, {"recorded": [one.pk for one in made]}


def _shelf(request: ApiRequest, page: list[PurchaseItem]) -> list[dict[str, object]]:
    """The same number of statements, however many assets the page shows."""
    assets = [item.asset for item in page]
    required = all_requirements(assets)
    needed = {one.pk: one for along in required.values() for one in along}
    mine = owned_ids(request.user, needed.values(), request.now)
    along = {pk: [one for one in found if one.pk in mine] for pk, found in required.items()}
    clicks = {asset.pk: [asset, *along[asset.pk]] for asset in assets}
    costs = download_costs(customer=request.user, clicks=clicks, now=request.now)
    via: dict[int, list[str]] = {}
    for item in live_items(request.user, request.now).filter(asset__in=assets):
        via.setdefault(item.asset_id, []).append(item.purchase.number)
    return [
        shapes.OwnedAsset.draw(
            item,
            via=via.get(item.asset_id, []),
            download_cost={
                "purchases": [shapes.CostOfPurchase.draw(cost) for cost in costs[item.asset_id]],
                "dependencies": sorted(one.slug for one in along[item.asset_id]),
            },
        )
        for item in page
    ]


def _file(asset: Asset, pk: int | None) -> AssetFile | None:
    if pk is None:
        return None
    file = asset.files.filter(pk=pk).first()
    if file is None:
        raise _unknown("file", "This asset has no such file.")
    return file


def _along(owned: Sequence[Wanted], wish: bool | list[str]) -> list[Wanted]:
    if isinstance(wish, bool):
        return list(owned) if wish else []
    if set(wish) - {one.asset.slug for one in owned}:
        raise _unknown("dependencies", "One of these is no dependency that is owned.")
    return [one for one in owned if one.asset.slug in wish]


def _unknown(field: str, sentence: str) -> ValidationError:
    return ValidationError({field: [ErrorDetail(f"{sentence} Nothing was downloaded.", code="unknown")]})


def _handed_out(request: ApiRequest, made: Download, made_at: datetime | None = None) -> dict[str, object]:
    return shapes.HandedOut.draw(
        made,
        url=request.build_absolute_uri(reverse("download", args=[links.token(made, made_at=made_at)])),
        expires_at=links.expires_at(made, made_at=made_at),
    )
