"""The customers' addresses, a list a subject."""

from django.urls import URLPattern, URLResolver

from doors.shop.people import urlpatterns as people

urlpatterns: list[URLPattern | URLResolver] = [*people]
