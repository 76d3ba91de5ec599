"""The agents' addresses that stand before the admin."""

from django.contrib import admin
from django.urls import URLPattern, path

from doors.desk import terms

urlpatterns: list[URLPattern] = [
    path("admin/storefront/terms/publish/", admin.site.admin_view(terms.publish), name="desk_publish_terms"),
]
