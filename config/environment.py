"""How the settings read the environment: `.env` first, an empty variable as one that was not set, and for each value that
cannot be, one sentence that names its variable."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


class Env(environ.Env):
    """django-environ with two manners: an empty variable is one that was not set (a copied `.env.example` is full of
    them), and a value that cannot be read is one sentence that names its variable."""

    def get_value(self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **options: Any) -> Any:
        if self.ENVIRON.get(var) == "" and default is not self.NOTSET:
            return default
        try:
            return super().get_value(var, cast=cast, default=default, **options)
        except ValueError as wrong:
            raise ImproperlyConfigured(f"{var} cannot be read: {wrong}.") from wrong

    def read(self, var: str, value: str, how: Callable[[str], dict[str, Any]]) -> dict[str, Any]:
        """An address of a service, taken apart."""
        try:
            return how(value)
        except ImproperlyConfigured as wrong:
            raise ImproperlyConfigured(f"{var} cannot be read: {wrong}.") from wrong


env = Env()
if (BASE_DIR / ".env").is_file():
    env.read_env(BASE_DIR / ".env")

TESTING = "pytest" in sys.modules
DEBUG = env.bool("DEBUG", default=False)


def needed(name: str, default: str) -> str:
    """A value that a development machine may leave out and a real store may not."""
    value = env.str(name, default="")
    if not value and not DEBUG and not TESTING:
        raise ImproperlyConfigured(f"{name} must be set when DEBUG is off; .env.example explains it.")
    return value or default


def at_least(name: str, default: int, least: int) -> int:
    """A whole number that makes sense: a limit of -1 would fail whoever meets it, at their first request."""
    value = env.int(name, default=default)
    if value < least:
        raise ImproperlyConfigured(f"{name} must be {least} or more.")
    return int(value)


def shaped(name: str, default: str, shape: str) -> str:
    """A text of a given shape, which its default has."""
    value = env.str(name, default=default)
    if not re.fullmatch(shape, value):
        raise ImproperlyConfigured(f"{name} must look like its default, {default}.")
    return str(value)
