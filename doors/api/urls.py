"""The machines' addresses, and the operators'."""

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import StringConverter

from doors.api import catalogue, health, people, purchases, refunds, wallet
from doors.api.views import NotHere

V1 = "api/v1/"


class InvoiceNumber(StringConverter):
    regex = "IN[0-9]{12}"


register_converter(InvoiceNumber, "invoice")
urlpatterns: list[URLPattern] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path(f"{V1}assets/", catalogue.Assets.as_view(), name="api_assets"),
    path(f"{V1}assets/<slug:slug>/", catalogue.OneAsset.as_view(), name="api_asset"),
    path(f"{V1}bundles/", catalogue.Bundles.as_view(), name="api_bundles"),
    path(f"{V1}bundles/<slug:slug>/", catalogue.OneBundle.as_view(), name="api_bundle"),
    path(f"{V1}me/", people.Me.as_view(), name="api_me"),
    path(f"{V1}purchases/", purchases.Purchases.as_view(), name="api_purchases"),
    path(f"{V1}purchases/<invoice:invoice>/", purchases.OnePurchase.as_view(), name="api_purchase"),
    path(
        f"{V1}purchases/<invoice:invoice>/invoice.pdf", purchases.InvoicePdf.as_view(), name="api_invoice_pdf"
    ),
    path(
        f"{V1}purchases/<invoice:invoice>/credit-note.pdf",
        purchases.CreditNotePdf.as_view(),
        name="api_credit_note_pdf",
    ),
    path(
        f"{V1}purchases/<invoice:invoice>/refund-quote/",
        refunds.RefundQuote.as_view(),
        name="api_refund_quote",
    ),
    path(f"{V1}purchases/<invoice:invoice>/refund/", refunds.RefundOfPurchase.as_view(), name="api_refund"),
    path(f"{V1}credits/", wallet.Credits.as_view(), name="api_credits"),
    path(f"{V1}credits/entries/", wallet.Entries.as_view(), name="api_entries"),
    path(f"{V1}credits/redeem/", wallet.Redeem.as_view(), name="api_redeem"),
    re_path(rf"^{V1}(?!docs/|schema/)", NotHere.as_view(), name="api_not_here"),
]
