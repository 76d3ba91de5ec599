"""The addresses of the shop window and of buying."""

from django.urls import URLPattern, path

from doors.shop.views import buying, catalogue

urlpatterns: list[URLPattern] = [
    path("", catalogue.shop, name="shop"),
    path("publishers/<slug:slug>/", catalogue.publisher, name="publisher"),
    path("assets/<slug:slug>/", catalogue.asset, name="asset"),
    path("bundles/<slug:slug>/", catalogue.bundle, name="bundle"),
    path("assets/<slug:slug>/buy/", buying.buy_asset, name="buy_asset"),
    path("bundles/<slug:slug>/buy/", buying.buy_bundle, name="buy_bundle"),
]
