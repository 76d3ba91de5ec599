"""Pictures of assets and bundles, drawn when asked for and kept by whoever asked."""

from django.http import HttpResponse
from django.utils.http import quote_etag
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from doors.requests import StoreRequest
from doors.shop.drawing.covers import cover_svg
from storefront.models import BundlePart

DRAWN = "4"  # Goes up when the drawing changes, so that kept pictures are asked for anew.


@require_safe
@cache_control(public=True, max_age=24 * 3600)
def cover(request: StoreRequest, kind: str, slug: str) -> HttpResponse:
    """Any slug has a picture, so that asking tells nobody what is for sale."""
    holds = _holds(slug) if kind == "bundle" else ()
    tag = quote_etag("-".join((DRAWN, kind, slug, *holds)))
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(cover_svg(slug, kind, holds), content_type="image/svg+xml", headers={"ETag": tag})


def _holds(slug: str) -> tuple[str, ...]:
    parts = BundlePart.objects.filter(bundle__slug=slug).order_by("position")
    return tuple(asset or inner for asset, inner in parts.values_list("asset__slug", "inner__slug")[:4])
