"""The schema is checked in, and it is what the code says."""

import re
from pathlib import Path

import jsonschema
import pytest
import yaml
from django.urls import get_resolver

from doors.api.schema import as_yaml, whole_schema
from doors.problems import PROBLEMS
from tests.api.conftest import Machine

KEPT = Path(__file__).resolve().parents[2] / "doors/api/schema.yaml"


def test_the_schema_that_is_checked_in_is_the_one_that_is_served() -> None:
    """After a change: `manage.py spectacular --validate --file doors/api/schema.yaml`, and look at the difference."""
    kept, served = yaml.safe_load(KEPT.read_text()), yaml.safe_load(as_yaml())
    kept["info"]["title"] = served["info"]["title"]  # the store's own name
    assert kept == served


def test_every_route_is_in_it() -> None:
    routes = {
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{pattern.pattern}")
        for resolver in get_resolver().url_patterns
        for pattern in getattr(resolver, "url_patterns", [])
        if (getattr(pattern, "name", None) or "").startswith("api_")
    }
    about_itself = {"/^api/v1/", "/api/v1/schema/", "/api/v1/docs/", "/api/v1/errors/"}
    assert routes - about_itself == set(whole_schema()["paths"])


def test_every_operation_tells_its_scope_its_errors_and_what_it_answers() -> None:
    for path, methods in whole_schema()["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            statuses = set(operation["responses"])
            assert {"400", "429", "500", "503"} <= statuses, where
            assert statuses & {"200", "201"}, where
            open_to_all = path.startswith(("/api/v1/assets", "/api/v1/bundles"))
            assert ("security" in operation, {"401", "403"} <= statuses) == (
                not open_to_all,
                not open_to_all,
            ), where


def test_every_example_of_an_error_has_the_shape_that_is_promised() -> None:
    schema = whole_schema()
    shape = {"$ref": "#/components/schemas/Problem", "components": schema["components"]}
    checker = jsonschema.Draft202012Validator(shape)
    seen = set()
    for methods in schema["paths"].values():
        for operation in methods.values():
            for response in operation["responses"].values():
                for example in (
                    response["content"].get("application/problem+json", {}).get("examples", {}).values()
                ):
                    checker.validate(example["value"])
                    seen.add(example["value"]["code"])
    assert seen <= PROBLEMS.keys()


def test_every_operation_shows_an_answer_that_was_really_given() -> None:
    schema = whole_schema()
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            shown = {}
            for status, response in operation["responses"].items():
                told = response["content"].get("application/json", {})
                for example in told.get("examples", {}).values():
                    shape = {**told["schema"], "components": schema["components"]}
                    jsonschema.Draft202012Validator(shape).validate(example["value"])
                    shown[status] = example
            assert shown or path.endswith(".pdf"), f"{method} {path}"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("application/json", "application/json"),
        ("application/yaml", "application/yaml"),
        ("application/vnd.oai.openapi", "application/yaml"),
        ("text/html", "application/json"),
    ],
)
def test_it_is_served_as_json_or_yaml(stranger: Machine, accept: str, kind: str) -> None:
    told = stranger.get("schema/", Accept=accept)
    assert (told.status, told.kind) == (200, kind)
    assert "Accept" in told.headers["Vary"]
    read = yaml.safe_load(told.bytes) if "yaml" in kind else told.body
    assert read["openapi"] == "3.1.1"


def test_people_read_it_offline_and_under_the_policy(stranger: Machine) -> None:
    told = stranger.get("docs/")
    page = told.bytes.decode()
    assert told.status == 200
    assert "<style" not in page
    assert " style=" not in page
    assert "<script>" not in page
    assert 'src="http' not in page
    assert "'unsafe-inline'" not in told.headers["Content-Security-Policy"]
    assert stranger.get("docs/?script").kind == "application/javascript"


def test_every_code_has_its_place_on_the_page_of_errors(stranger: Machine) -> None:
    page = stranger.get("errors/").bytes.decode()
    assert [code for code in PROBLEMS if f'id="{code}"' not in page] == []
