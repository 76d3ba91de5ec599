"""The customers' addresses, a list a subject."""

from django.urls import URLPattern, URLResolver

from doors.shop.cases import urlpatterns as cases
from doors.shop.catalogue import urlpatterns as catalogue
from doors.shop.covers import urlpatterns as covers
from doors.shop.credits import urlpatterns as credits
from doors.shop.library import urlpatterns as library
from doors.shop.people import urlpatterns as people
from doors.shop.policy import urlpatterns as policy
from doors.shop.purchases import urlpatterns as purchases
from doors.shop.refunds import urlpatterns as refunds

urlpatterns: list[URLPattern | URLResolver] = [
    *catalogue,
    *library,
    *purchases,
    *credits,
    *people,
    *covers,
    *refunds,
    *cases,
    *policy,
]
