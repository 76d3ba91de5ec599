"""Handing a file out: asked anew who may have it, whole or in part, and never anything that a browser would run."""

import re
from collections.abc import Iterator
from typing import IO

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from doors.requests import StoreRequest
from doors.trouble import refused
from storefront.files import file_name, open_file
from storefront.links import AccessEnded, LinkEnded, follow

PIECE = 64 * 1024
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


@require_safe
@never_cache
def hand_out(request: StoreRequest, token: str) -> HttpResponseBase:
    """The link names its customer. It may be followed without a session, as download managers do, but not in
    somebody else's."""
    try:
        download = follow(
            token, now=request.now, reader=request.user if request.user.is_authenticated else None
        )
    except (LinkEnded, AccessEnded) as ended:
        return refused(request, ended)
    if download is None:
        raise Http404
    content, size = open_file(download)
    tag = f'"{download.pk}-{size}"'
    part = _range_of(request, size, tag)
    if part is None:
        content.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = part
    response = StreamingHttpResponse(Part(content, first, last), content_type="application/octet-stream")
    if (first, last) != (0, size - 1):
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(last - first + 1)
    response["Content-Disposition"] = content_disposition_header(True, file_name(download)) or "attachment"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _range_of(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """The first and the last byte, or None when there is no such part. Several parts at once, and what is no range at
    all, get the whole file, as the standard allows."""
    whole = 0, size - 1
    match = RANGE.fullmatch(request.headers.get("Range", ""))
    if not match or match[0] == "bytes=-" or request.headers.get("If-Range", tag) != tag:
        return whole
    first, last = match.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if int(last) and size else None
    if last and int(last) < int(first):
        return whole
    return (int(first), min(int(last or size), size - 1)) if int(first) < size else None


class Part:
    """Some bytes of an open file, piece by piece; closed with the response, read or not."""

    def __init__(self, content: IO[bytes], first: int, last: int) -> None:
        self.content, self.first, self.left = content, first, last - first + 1
        self.close = content.close

    def __iter__(self) -> Iterator[bytes]:
        self.content.seek(self.first)
        while self.left > 0 and (piece := self.content.read(min(PIECE, self.left))):
            self.left -= len(piece)
            yield piece
