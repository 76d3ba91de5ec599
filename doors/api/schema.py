"""The schema of this door, OpenAPI 3.1, and the pages that people read: the routes, and every error."""

import json
from functools import lru_cache
from threading import Lock
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.request import Request

from doors.api.authentication import OPEN
from doors.api.views import Route
from doors.problems import PROBLEMS

Endpoint = tuple[str, str, str, Any]  # path, pattern, method, view
_one_at_a_time = Lock()


class Schema(Route):
    """JSON, or YAML for whoever accepts that."""

    scopes = {"GET": OPEN}

    def get(self, request: Request) -> HttpResponse:
        accepted = request.headers.get("Accept", "")
        if "yaml" in accepted or accepted == "application/vnd.oai.openapi":
            response = HttpResponse(as_yaml(), content_type="application/yaml")
        else:
            response = HttpResponse(json.dumps(whole_schema(), indent=1), content_type="application/json")
        # Whoever keeps a copy on the way must not hand YAML to one who asked for JSON.
        patch_vary_headers(response, ["Accept"])
        return response


class Docs(SpectacularSwaggerSplitView):
    url_name = "api_schema"
    template_name = "api/docs.html"


def errors(request: HttpRequest) -> HttpResponse:
    """Where the `type` of every problem leads."""
    return render(request, "api/errors.html", {"problems": sorted(PROBLEMS.items())})


def whole_schema() -> dict[str, object]:
    # The generator keeps its findings in one place: two that work at once would mix theirs.
    with _one_at_a_time:
        return _generated()


@lru_cache(maxsize=1)
def _generated() -> dict[str, object]:
    return SchemaGenerator().get_schema(request=None, public=True)


def as_yaml() -> str:
    return OpenApiYamlRenderer().render(whole_schema(), renderer_context={}).decode()


def ours(endpoints: list[Endpoint]) -> list[Endpoint]:
    """The routes of this door that say what they are; the schema does not describe itself."""
    return [one for one in endpoints if getattr(getattr(one[3].cls, one[2].lower(), None), "kwargs", None)]


def exact(result: dict[str, Any], **_: object) -> dict[str, Any]:
    """Nothing is said that is not told here: objects have no other keys."""
    for shape in result["components"]["schemas"].values():
        if shape.get("type") == "object" and "properties" in shape:
            shape.setdefault("additionalProperties", False)
    return result
