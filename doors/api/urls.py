"""The machines' addresses, and the operators'."""

from django.urls import URLPattern, path, re_path, register_converter
from django.urls.converters import StringConverter

from doors.api import (
    cases,
    catalogue,
    health,
    library,
    people,
    publisher,
    purchases,
    refunds,
    schema,
    store,
    wallet,
)
from doors.api.views import NotHere

V1 = "api/v1/"


class InvoiceNumber(StringConverter):
    regex = "IN[0-9]{12}"


class CaseNumber(StringConverter):
    regex = "C[0-9]{8}"


register_converter(InvoiceNumber, "invoice")
register_converter(CaseNumber, "case")
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
    path(f"{V1}library/", library.Library.as_view(), name="api_library"),
    path(f"{V1}library/<slug:asset>/download/", library.LibraryDownload.as_view(), name="api_download"),
    path(f"{V1}cases/", cases.Cases.as_view(), name="api_cases"),
    path(f"{V1}cases/<case:number>/", cases.OneCase.as_view(), name="api_case"),
    path(f"{V1}cases/<case:number>/messages/", cases.Messages.as_view(), name="api_messages"),
    path(f"{V1}cases/<case:number>/answer/", cases.AnswerOfCustomer.as_view(), name="api_answer"),
    path(f"{V1}cases/<case:number>/withdraw/", cases.Withdraw.as_view(), name="api_withdraw"),
    path(
        f"{V1}publisher/invoices/<str:number>/",
        publisher.PublisherInvoice.as_view(),
        name="api_publisher_invoice",
    ),
    path(f"{V1}publisher/refund-requests/", publisher.RefundRequests.as_view(), name="api_refund_requests"),
    path(
        f"{V1}publisher/refund-requests/<case:number>/",
        publisher.OneRefundRequest.as_view(),
        name="api_refund_request",
    ),
    path(
        f"{V1}publisher/refund-requests/<case:number>/authorise/",
        publisher.Authorise.as_view(),
        name="api_authorise",
    ),
    path(
        f"{V1}publisher/refund-requests/<case:number>/decline/",
        publisher.Decline.as_view(),
        name="api_decline",
    ),
    path(
        f"{V1}publisher/refund-requests/<case:number>/offer-help/",
        publisher.OfferHelp.as_view(),
        name="api_offer_help",
    ),
    path(f"{V1}store/users/", store.Users.as_view(), name="api_store_users"),
    path(f"{V1}store/grants/", store.Grants.as_view(), name="api_store_grants"),
    path(f"{V1}store/purchases/", store.StorePurchases.as_view(), name="api_store_purchases"),
    path(f"{V1}store/downloads/", store.StoreDownloads.as_view(), name="api_store_downloads"),
    path(
        f"{V1}store/purchases/<invoice:invoice>/refund-quote/",
        store.StoreRefundQuote.as_view(),
        name="api_store_quote",
    ),
    path(
        f"{V1}store/purchases/<invoice:invoice>/refund/", store.StoreRefund.as_view(), name="api_store_refund"
    ),
    path(f"{V1}schema/", schema.Schema.as_view(), name="api_schema"),
    path(f"{V1}docs/", schema.Docs.as_view(), name="api_docs"),
    path(f"{V1}errors/", schema.errors, name="api_errors"),
    re_path(rf"^{V1}", NotHere.as_view(), name="api_not_here"),
]
