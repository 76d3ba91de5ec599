"""The documents of a purchase."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from storefront.documents import document_pdf
from storefront.models import Invoice


@login_required
@require_safe
@cache_control(private=True, no_cache=True)
def invoice_pdf(request: HttpRequest, number: str) -> HttpResponse:
    invoice = get_object_or_404(Invoice, customer=request.user, number=number)
    response = HttpResponse(document_pdf(invoice.number), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    return response
