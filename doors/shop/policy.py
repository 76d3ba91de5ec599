"""The addresses of the policy and the guides."""

from django.urls import URLPattern, path

from doors.shop.views import policy

urlpatterns: list[URLPattern] = [
    path("policy/", policy.policy, name="policy"),
    path("help/buy/", policy.guide, {"name": "buy"}, name="help_buy"),
    path("help/refund/", policy.guide, {"name": "refund"}, name="help_refund"),
    path("help/credits/", policy.guide, {"name": "credits"}, name="help_credits"),
    path("help/publishers/", policy.guide, {"name": "publishers"}, name="help_publishers"),
]
