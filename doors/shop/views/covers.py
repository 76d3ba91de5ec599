"""Pictures of assets and bundles, drawn when asked for and kept by whoever asked."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import etag, require_safe

from storefront.covers import cover_svg

DRAWN = "1"  # Goes up when the drawing changes, so that kept pictures are asked for anew.


def _tag(request: HttpRequest, kind: str, slug: str) -> str:
    return f'"{DRAWN}-{kind}-{slug}"'


@require_safe
@cache_control(public=True, max_age=7 * 24 * 3600)
@etag(_tag)
def cover(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    return HttpResponse(cover_svg(slug, kind), content_type="image/svg+xml")
