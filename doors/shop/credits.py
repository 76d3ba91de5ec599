"""The addresses of a customer's credits."""

from django.urls import URLPattern, path

from doors.shop.views import credits

urlpatterns: list[URLPattern] = [
    path("credits/", credits.wallet, name="credits"),
    path("credits/redeem/", credits.redeem, name="credits_redeem"),
    path("credits/statement.csv", credits.statement_csv, name="credits_csv"),
]
