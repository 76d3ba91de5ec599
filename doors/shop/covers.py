"""Where covers are fetched."""

from django.urls import URLPattern, re_path

from doors.shop.views.covers import cover

urlpatterns: list[URLPattern] = [
    re_path(r"^covers/(?P<kind>asset|bundle)/(?P<slug>[-\w]{1,200})\.svg$", cover, name="cover"),
]
