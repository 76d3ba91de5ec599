"""A file of a request as it leaves through any door: a download, never a part of a page."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from refunds.models import Attachment


def as_download(file: Attachment) -> HttpResponse:
    """Of the type that its bytes have, and in a sandbox: whoever opens it all the same runs nothing in the store."""
    response = HttpResponse(bytes(file.content), content_type=file.content_type)
    response["Content-Disposition"] = content_disposition_header(True, file.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
