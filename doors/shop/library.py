"""The addresses of the library and of downloads."""

from django.urls import URLPattern, path

from doors.shop.views import downloads, library

urlpatterns: list[URLPattern] = [
    path("library/", library.library, name="library"),
    path("library/<slug:slug>/download/", library.library_download, name="library_download"),
    path("library/downloads/<int:pk>/", library.links, name="library_links"),
    path("downloads/<str:token>/", downloads.hand_out, name="download"),
]
