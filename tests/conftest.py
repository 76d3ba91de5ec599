"""What every test may ask for: the named people, their assets, and a database that is as migrated."""

import socket
from collections.abc import Callable, Iterator

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from accounts.models import Publisher, User
from storefront.models import Asset, Bundle
from tests import restoring, world

# How long an example takes says how busy the machine is, and nothing about the code.
hypothesis.settings.register_profile("patient", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("patient")


def _restore_after_commits(self: TransactionTestCase) -> None:
    restoring.restore()


TransactionTestCase._fixture_teardown = _restore_after_commits  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        restoring.keep()
    yield
    restoring.forget()


@pytest.fixture(scope="session", autouse=True)
def no_network_but_loopback() -> Iterator[None]:
    """A test that reaches out of the machine is a mistake, and hears of it at once."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
            assert address[0] in {"127.0.0.1", "::1", "localhost"}, f"a test tried to reach {address}"
        connect(self, address)

    socket.socket.connect = guarded  # type: ignore[method-assign,assignment]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def quick_and_private(settings: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # type: ignore[attr-defined]
    settings.EVEN_ANSWER_SECONDS = 0  # type: ignore[attr-defined]
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / "files"  # type: ignore[attr-defined]
    cache.clear()
    yield
    cache.clear()


# What the inner loop leaves to `make test`: whatever starts programs, tries thousands of inputs or walks every address.
SLOW = (
    "tests/api/test_fuzz",
    "tests/api/test_schema",
    "tests/api/test_tour",
    "tests/api/test_integrating",
    "tests/credits/test_machine",
    "tests/credits/test_proof",
    "tests/faults/",
    "tests/refunds/test_counters",
    "tests/sending/",
    "tests/storefile/",
    "tests/storefront/test_documents",
    "tests/stories/",
    "tests/test_commands",
    "tests/test_settings",
    "tests/test_who_may",
    "tests/test_many_rows",
    "tests/test_statements_of_pages",
    "tests/test_optimised",
    "tests/api/test_who_may.py::test_one_scope_alone",
    "tests/refunds/test_policy_properties.py::test_reasons_come_once",
    "tests/refunds/test_policy_properties.py::test_one_more_download",
    "tests/refunds/test_policy_properties.py::test_strangers",
    "tests/refunds/test_policy_properties.py::test_kinder_terms",
    "tests/refunds/test_policy_properties.py::test_deciding_twice",
)


# Whoever asks for one of these is shown a database, and has to be shown both.
DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup", "on_postgresql"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is slow, and what says nothing about databases and therefore runs once, beside SQLite."""
    for item in items:
        database = item.get_closest_marker("django_db")
        commits = database is not None and database.kwargs.get("transaction", False)
        if commits or item.nodeid.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        asks = DATABASE_FIXTURES.intersection(getattr(item, "fixturenames", ()))
        if database is None and not asks and item.get_closest_marker("postgres") is None:
            item.add_marker(pytest.mark.pure)


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Notes a measured figure; the run prints them all at its end, whichever worker measured them."""
    return lambda text: request.node.user_properties.append(("figure", text))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures = [
        value
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "figure" and getattr(report, "when", "") == "call"
    ]
    if figures:
        terminalreporter.section("figures")
        for text in sorted(figures):
            terminalreporter.write_line(text)


@pytest.fixture
def on_postgresql() -> bool:
    return django_settings.ON_POSTGRESQL


# --- People ---------------------------------------------------------------------------------------------------


@pytest.fixture
def ada(db: None) -> User:
    """A customer."""
    return world.person("Ada")


@pytest.fixture
def ben(db: None) -> User:
    """Another customer."""
    return world.person("Ben")


@pytest.fixture
def sam(db: None) -> User:
    """An agent."""
    return world.agent("Sam")


@pytest.fixture
def mia(db: None) -> User:
    """A second agent."""
    return world.agent("Mia")


@pytest.fixture
def lea(db: None) -> User:
    """A lead."""
    return world.agent("Lea", lead=True)


@pytest.fixture
def grove(db: None) -> Publisher:
    """Sells plants."""
    return world.publisher("grove", "Grove Studio")


@pytest.fixture
def quarry(db: None) -> Publisher:
    """Sells stone."""
    return world.publisher("quarry", "Quarry Works")


@pytest.fixture
def gil(grove: Publisher) -> User:
    """Owns Grove Studio."""
    return world.member("Gil", grove)


@pytest.fixture
def quinn(quarry: Publisher) -> User:
    """Owns Quarry Works."""
    return world.member("Quinn", quarry)


# --- Things for sale --------------------------------------------------------------------------------------------


@pytest.fixture
def bark(grove: Publisher) -> Asset:
    return world.asset("bark", "Bark", by=grove, price=15)


@pytest.fixture
def oak(grove: Publisher, bark: Asset) -> Asset:
    """Requires bark."""
    return world.asset("oak", "Oak trees", by=grove, price=40, requires=[bark])


@pytest.fixture
def fern(grove: Publisher) -> Asset:
    return world.asset("fern", "Ferns", by=grove, price=30)


@pytest.fixture
def moss(grove: Publisher) -> Asset:
    return world.asset("moss", "Moss", by=grove, price=20)


@pytest.fixture
def slate(quarry: Publisher) -> Asset:
    return world.asset("slate", "Slate", by=quarry, price=25)


@pytest.fixture
def forest(grove: Publisher, oak: Asset, fern: Asset, moss: Asset, bark: Asset) -> Bundle:
    """Four of Grove's assets, worth 105, for 80."""
    return world.bundle("forest", "Forest", by=grove, price=80, holds=[oak, fern, moss, bark])


@pytest.fixture
def cliff(quarry: Publisher, slate: Asset, moss: Asset) -> Bundle:
    """Quarry's bundle, with one of Grove's assets in it: worth 45, for 36."""
    return world.bundle("cliff", "Cliff", by=quarry, price=36, holds=[slate, moss])
