"""The documents of a purchase."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from doors.requests import PersonRequest, signed_in
from storefront.documents import document_pdf
from storefront.models import Invoice


@signed_in
@require_safe
@cache_control(private=True, no_cache=True)
def invoice_pdf(request: PersonRequest, number: str) -> HttpResponse:
    invoice = get_object_or_404(Invoice, customer=request.user, number=number)
    return as_pdf(invoice.number)


def as_pdf(number: str) -> HttpResponse:
    response = HttpResponse(document_pdf(number), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    return response
