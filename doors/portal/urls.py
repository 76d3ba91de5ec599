"""The publishers' addresses."""

from django.urls import URLPattern, path, re_path

from doors.portal.gate import choose
from doors.portal.verify import verify_json
from doors.portal.views import account, front, invoices, keys, refunds, requests, sales

urlpatterns: list[URLPattern] = [
    path("publisher/v1/invoice/verify.json", verify_json, name="verify_json"),
    path("portal/", front.front, name="portal"),
    path("portal/choose/", choose, name="portal_choose"),
    path("portal/invoices/", invoices.invoices, name="portal_invoices"),
    path("portal/invoices/verified.csv", invoices.invoices_csv, name="portal_invoices_csv"),
    path("portal/refunds/", refunds.refunds, name="portal_refunds"),
    path("portal/refunds/new/", requests.new, name="portal_refund_new"),
    path("portal/refunds/<str:number>/", refunds.show, name="portal_refund"),
    re_path(
        r"^portal/refunds/(?P<number>C[0-9]{8})/(?P<act>authorise|decline|offer-help)/$",
        refunds.answer,
        name="portal_refund_answer",
    ),
    path("portal/refunds/<str:number>/messages/", refunds.message, name="portal_refund_message"),
    path("portal/refunds/<str:number>/withdraw/", refunds.withdraw, name="portal_refund_withdraw"),
    path("portal/refunds/<str:number>/files/<str:ref>/", refunds.attachment, name="portal_refund_file"),
    path("portal/sales/", sales.sales, name="portal_sales"),
    path("portal/sales/items.csv", sales.sales_csv, name="portal_sales_csv"),
    path("portal/keys/", keys.key_list, name="portal_keys"),
    path("portal/keys/look-ups/", keys.look_ups, name="portal_look_ups"),
    path("portal/keys/<int:pk>/rename/", keys.rename, name="portal_key_rename"),
    path("portal/keys/<int:pk>/rotate/", keys.rotate, name="portal_key_rotate"),
    path("portal/keys/<int:pk>/revoke/", keys.revoke, name="portal_key_revoke"),
    path("portal/account/", account.account, name="portal_account"),
    path("portal/account/name/", account.rename, name="portal_rename"),
    path("portal/account/addresses/", account.add_address, name="portal_address_add"),
    path("portal/account/addresses/<int:pk>/again/", account.write_again, name="portal_address_again"),
    path("portal/account/addresses/<int:pk>/remove/", account.remove_address, name="portal_address_remove"),
    path("portal/account/invitations/", account.invite, name="portal_invite"),
    path(
        "portal/account/invitations/<int:pk>/withdraw/",
        account.withdraw_invitation,
        name="portal_invitation_withdraw",
    ),
    path("portal/account/members/<int:pk>/role/", account.set_role, name="portal_member_role"),
    path("portal/account/members/<int:pk>/remove/", account.remove_member, name="portal_member_remove"),
    path("portal/invitations/<int:pk>/", account.invitation, name="portal_invitation"),
    path("portal/addresses/<str:token>/", account.confirm_address, name="portal_address_confirm"),
]
