"""The desk's own addresses, which come before the admin's."""

from django.urls import URLPattern

from doors.desk.cases import urlpatterns as cases
from doors.desk.credits import urlpatterns as credits
from doors.desk.downloads import urlpatterns as downloads
from doors.desk.letters import urlpatterns as letters
from doors.desk.lookup import urlpatterns as lookup
from doors.desk.people import urlpatterns as people
from doors.desk.purchases import urlpatterns as purchases
from doors.desk.terms import urlpatterns as terms

urlpatterns: list[URLPattern] = [
    *cases,
    *credits,
    *purchases,
    *downloads,
    *letters,
    *lookup,
    *people,
    *terms,
]
