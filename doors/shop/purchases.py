"""The addresses of what was bought, and of its documents."""

from django.urls import URLPattern, path

from doors.shop.views import documents, purchases

urlpatterns: list[URLPattern] = [
    path("purchases/", purchases.purchases, name="purchases"),
    path("purchases/<str:number>/", purchases.purchase, name="purchase"),
    path("purchases/<str:number>/invoice.pdf", documents.invoice_pdf, name="invoice_pdf"),
]
