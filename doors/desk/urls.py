"""The agents' addresses that stand before the admin, a list a subject."""

from django.contrib import admin
from django.urls import URLPattern, path

from doors.desk import terms
from doors.desk.cases import urlpatterns as cases
from doors.desk.credits import urlpatterns as credits
from doors.desk.downloads import urlpatterns as downloads
from doors.desk.letters import urlpatterns as letters
from doors.desk.lookup import urlpatterns as lookup
from doors.desk.people import urlpatterns as people
from doors.desk.purchases import urlpatterns as purchases

urlpatterns: list[URLPattern] = [
    *cases,
    *credits,
    *purchases,
    *downloads,
    *letters,
    *lookup,
    *people,
    path("admin/storefront/terms/publish/", admin.site.admin_view(terms.publish), name="desk_publish_terms"),
]
