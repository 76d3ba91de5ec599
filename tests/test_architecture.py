"""Everything points downhill: imports, foreign keys and migrations; and no door knows another."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader
from django.db.models import ForeignKey, ManyToManyField

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["ground", "accounts", "outbox", "credits", "storefront", "refunds"]
DOORS = ["shop", "portal", "desk", "api", "storefile"]
HEIGHT = {
    **{room: height for height, room in enumerate(ROOMS)},
    "doors": len(ROOMS),
    "config": len(ROOMS) + 1,
}


def modules(top: str) -> list[Path]:
    return [path for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts]


def imports(path: Path) -> set[str]:
    """Every module that a file names in an import, wherever in the file it stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("top", HEIGHT)
def test_nothing_imports_uphill(top: str) -> None:
    uphill = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(top)
        for name in imports(path)
        if HEIGHT.get(name.split(".")[0], -1) > HEIGHT[top]
    }
    assert not uphill


@pytest.mark.parametrize("door", DOORS)
def test_no_door_knows_another(door: str) -> None:
    others = tuple(f"doors.{other}" for other in DOORS if other != door)
    assert not {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(f"doors/{door}")
        for name in imports(path)
        if name.startswith(others)
    }


def test_doors_have_no_models() -> None:
    assert not [model for model in apps.get_models() if model.__module__.startswith("doors.")]


@pytest.mark.parametrize("room", ROOMS)
def test_foreign_keys_point_downhill(room: str) -> None:
    uphill = {
        f"{model.__name__}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_app_config(room).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, ForeignKey | ManyToManyField)
        and HEIGHT.get(field.related_model._meta.app_label, -1) > HEIGHT[room]
    }
    assert not uphill


@pytest.mark.parametrize("room", ROOMS)
def test_migrations_depend_downhill(room: str) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    uphill = {
        f"{key} depends on {parent}"
        for key, migration in loader.disk_migrations.items()
        if key[0] == room
        for parent in migration.dependencies
        if HEIGHT.get(parent[0], -1) > HEIGHT[room]
    }
    assert not uphill


def test_no_drawer_for_everything() -> None:
    drawers = {"common", "utils", "core", "helpers"}
    assert not [path for top in HEIGHT for path in (ROOT / top).rglob("*") if path.stem in drawers]
