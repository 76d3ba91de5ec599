"""What only a development machine shows."""

from django.urls import URLPattern, path

from doors.shop.views.letters import letter, letter_html, letters
from doors.shop.views.styleguide import styleguide

urlpatterns: list[URLPattern] = [
    path("styleguide/", styleguide, name="styleguide"),
    path("letters/", letters, name="letters"),
    path("letters/<uuid:pk>/", letter, name="letter"),
    path("letters/<uuid:pk>/html/", letter_html, name="letter_html"),
]
