"""The customers' addresses, a list a subject."""

from django.urls import URLPattern, URLResolver

from doors.shop.covers import urlpatterns as covers
from doors.shop.people import urlpatterns as people
from doors.shop.refunds import urlpatterns as refunds

urlpatterns: list[URLPattern | URLResolver] = [*people, *covers, *refunds]
