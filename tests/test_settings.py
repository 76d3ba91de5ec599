"""Every setting is explained where people look for it, and a wrong one is a clear sentence at start."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "".join((ROOT / "config" / name).read_text() for name in ("environment.py", "settings.py"))
VARIABLES = sorted(
    set(
        re.findall(
            r"(?:env(?:\.\w+)?|needed|at_least|shaped|strong_key|hosts|site_address|database_address|address_or_path"
            r'|shared_cache)\(\s*"([A-Z][A-Z_]+)"',
            SETTINGS,
        )
    )
)
GOOD = {
    "DEBUG": "false",
    "SECRET_KEY": "a-key-of-more-than-fifty-characters-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "store.example",
    "PUBLIC_URL": "https://store.example",
    "EMAIL_URL": "smtp+tls://letters:secret@mail.example:587",
}


def manage(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a command as an operator would, with just these variables set."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**kept, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_there_are_variables_to_explain() -> None:
    assert len(VARIABLES) > 30


@pytest.mark.parametrize("document", [".env.example", "docs/operating.md"])
def test_every_variable_is_explained(document: str) -> None:
    text = (ROOT / document).read_text()
    assert [name for name in VARIABLES if not re.search(rf"\b{name}\b", text)] == []


def test_nothing_is_explained_that_is_not_read() -> None:
    explained = re.findall(r"^([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert sorted(set(explained) - set(VARIABLES)) == []


def test_the_production_configuration_passes_the_deploy_checks(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/store.sqlite3"
    done = manage("check", "--deploy", "--fail-level", "WARNING", **GOOD, DATABASE_URL=database)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set when DEBUG is off"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is weak"),
        ({"SECRET_KEY": f"django-insecure-{GOOD['SECRET_KEY']}"}, "SECRET_KEY is weak"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must be set when DEBUG is off"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL must be set when DEBUG is off"),
        ({"PUBLIC_URL": "store.example"}, "PUBLIC_URL must be a whole address"),
        ({"EMAIL_URL": ""}, "EMAIL_URL must be set when DEBUG is off"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts of the store"),
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS must name the hosts of the store"),
        ({"EMAIL_URL": "mail.example"}, "EMAIL_URL cannot be read"),
        ({"SECRET_KEY": "abcdefghijkl" * 6}, "SECRET_KEY is weak"),
        ({"SECRET_KEY": "abcabd" * 10}, "SECRET_KEY is weak"),
        ({"CACHE_URL": "nonsense"}, "CACHE_URL cannot be read"),
        ({"CACHE_URL": "locmemcache://"}, "CACHE_URL must name a cache that all processes share"),
        ({"CACHE_URL": "dummycache://"}, "CACHE_URL must name a cache that all processes share"),
        ({"TOP_UP_URL": "javascript:alert(1)"}, "TOP_UP_URL must be a whole address"),
        ({"INVOICE_SERIES": "1"}, "INVOICE_SERIES must look like its default, 01"),
        ({"LIMIT_API_KEY": "lots"}, "LIMIT_API_KEY must look like its default, 600/min"),
        ({"LIMIT_SIGN_IN_FAILURES": "5"}, "LIMIT_SIGN_IN_FAILURES must look like its default"),
        ({"LIMIT_CODE_GUESSES": "-1"}, "LIMIT_CODE_GUESSES must be 1 or more"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES must be 0 or more"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must look like its default, INFO"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL"),
        ({"SECOND_AGENT_ABOVE": "many"}, "SECOND_AGENT_ABOVE"),
    ],
)
def test_bad_configuration_is_one_clear_sentence(wrong: dict[str, str], sentence: str) -> None:
    done = manage("check", **{**GOOD, **wrong})
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert sentence in done.stderr


def test_the_web_server_starts_with_good_settings_and_not_with_wrong_ones(tmp_path: Path) -> None:
    """Gunicorn imports this and runs no check by itself."""
    start = [sys.executable, "-c", "import config.wsgi"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    given = {**kept, **GOOD, "DATABASE_URL": f"sqlite:///{tmp_path}/store.sqlite3"}
    done = subprocess.run(
        start, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")
    given["CREDIT_VALUE"] = "0,5"
    done = subprocess.run(
        start, cwd=ROOT, env=given, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 1
    assert "CREDIT_VALUE must be a number" in done.stderr


def problems(**changed: object) -> set[str]:
    with pytest.MonkeyPatch.context() as patch:
        for name, value in changed.items():
            patch.setattr(settings, name, value)
        return {message.id for message in run_checks() if message.id and message.id.startswith("recredit")}


SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": "x", "OPTIONS": {}}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, set()),
        ({"DATABASES": {"default": SQLITE}}, {"recredit.E001", "recredit.E002", "recredit.E003"}),
        ({"ALLOWED_HOSTS": []}, {"recredit.E005"}),
        ({"ALLOWED_HOSTS": ["*"]}, {"recredit.E005"}),
        (
            {"DATABASES": {"default": {**settings.DATABASES["default"], "ATOMIC_REQUESTS": True}}},
            {"recredit.E006"},
        ),
        ({"REST_FRAMEWORK": {"NUM_PROXIES": None}}, {"recredit.E007"}),
        ({"CREDIT_VALUE": "0,5"}, {"recredit.E009"}),
        ({"CREDIT_VALUE": "-1"}, {"recredit.E009"}),
        ({"CREDIT_VALUE": "NaN"}, {"recredit.E009"}),
    ],
)
def test_our_own_checks_ring(changed: dict[str, object], expected: set[str]) -> None:
    assert problems(**changed) == expected
