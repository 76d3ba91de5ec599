"""The addresses of a refund."""

from django.urls import URLPattern, path

from doors.shop.views import refunds

urlpatterns: list[URLPattern] = [
    path("purchases/<str:number>/refund/", refunds.refund, name="refund"),
    path("purchases/<str:number>/refund/done/", refunds.done, name="refund_done"),
    path("purchases/<str:number>/credit-note.pdf", refunds.credit_note_pdf, name="credit_note_pdf"),
]
