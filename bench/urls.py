"""The store's addresses, and one that does nothing: what the middleware and the test client cost by themselves."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler404, handler500
from config.urls import urlpatterns as of_the_store

EMPTY = "/bench/empty/"


def empty(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path(EMPTY.removeprefix("/"), empty), *of_the_store]
__all__ = ["handler404", "handler500", "urlpatterns"]
