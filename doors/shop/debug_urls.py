"""What only a development machine shows."""

from django.urls import URLPattern, path

from doors.shop.views.styleguide import styleguide

urlpatterns: list[URLPattern] = [path("styleguide/", styleguide, name="styleguide")]
