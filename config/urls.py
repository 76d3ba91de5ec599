"""Every address of the store, door by door."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("doors.shop.urls")),
    path("", include("doors.portal.urls")),
    path("", include("doors.desk.urls")),
    path("admin/", admin.site.urls),
    path("", include("doors.api.urls")),
]
handler404 = "doors.trouble.not_found"
handler500 = "doors.trouble.server_error"

if settings.DEBUG:
    urlpatterns += [path("", include("doors.shop.debug_urls"))]
