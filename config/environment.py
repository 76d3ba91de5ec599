"""How the settings read the environment: `.env` first, an empty variable as one that was not set, and for each value that
cannot be, one sentence that names its variable."""

import os
import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


class Env(environ.Env):
    """django-environ with two manners: an empty variable is one that was not set (a copied `.env.example` is full of
    them), and a value that cannot be read is one sentence that names its variable."""

    def get_value(
        self, var: str, cast: object = None, default: object = environ.Env.NOTSET, **options: object
    ) -> object:
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


def strong_key(name: str, weak: str) -> str:
    """A secret; the weak one is for development machines alone."""
    key = needed(name, weak)
    # Of few letters, or the same letters again and again.
    repeated = len(set(key)) < 10 or key in (key + key)[1:-1]
    guessed = repeated or key.startswith((weak, "django-insecure-"))
    if not DEBUG and not TESTING and (guessed or len(key) < 50):
        raise ImproperlyConfigured(f"{name} is weak: give at least 50 random characters.")
    return key


def hosts(name: str, default: str) -> list[str]:
    named = [host.strip() for host in needed(name, default).split(",") if host.strip()]
    if not DEBUG and (not named or "*" in named):
        raise ImproperlyConfigured(f"{name} must name the hosts of the store, and no wildcard.")
    return named


def site_address(name: str, default: str) -> str:
    address = needed(name, default).rstrip("/")
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise ImproperlyConfigured(f"{name} must be a whole address, such as https://store.example.")
    return address


def address_or_path(name: str) -> str:
    """Where a link leads to; nothing that a browser would carry out."""
    address = env.str(name, default="")
    if address and not address.startswith("/") and urlsplit(address).scheme not in {"http", "https"}:
        raise ImproperlyConfigured(
            f"{name} must be a whole address, such as https://pay.example/credits, or a path."
        )
    return str(address)


def shared_cache(name: str, default: str) -> dict[str, Any]:
    """Limits are counted in it for all processes, so one of a single process will not do for a real store."""
    cache = env.read(name, env.str(name, default=default), env.cache_url_config)
    if not DEBUG and not TESTING and cache["BACKEND"].endswith(("locmem.LocMemCache", "dummy.DummyCache")):
        raise ImproperlyConfigured(
            f"{name} must name a cache that all processes share, such as dbcache://cache."
        )
    return cache


def database_address(name: str, default: str) -> str:
    address = env.str(name, default=default)
    if urlsplit(address).scheme not in {"sqlite", "postgres", "postgresql"}:
        raise ImproperlyConfigured(f"{name} must be an address such as postgres://user:password@host/name.")
    return str(address)


def file_for_tests() -> str:
    """A named file, because threads each open it anew; a name per process, because suites may run side by side; in
    memory where there is such a folder, because nothing in it needs to survive."""
    shared_memory = Path("/dev/shm")  # noqa: S108 - a file of our own process in it
    folder = shared_memory if os.access(shared_memory, os.W_OK) else Path(tempfile.gettempdir())
    return str(folder / f"recredit-test-{os.getpid()}.sqlite3")
