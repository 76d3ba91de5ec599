"""How long sign-up and password reset take tells nobody whether an address is known. Each test has a twin without the
guard, which sees the difference."""

import time
from collections.abc import Callable, Iterator
from itertools import count
from statistics import median

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import hashers
from django.test import Client

from accounts.adapter import PeopleAdapter
from accounts.models import User
from config.settings import EVEN_ANSWER_SECONDS as SECONDS
from doors.shop import forms, timing
from outbox.models import Message
from tests.world import PASSWORD, person

pytestmark = pytest.mark.django_db(transaction=True)
ARGON = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
Post = Callable[[str], object]
numbers = count(1)


@pytest.fixture(autouse=True)
def eve(settings) -> User:
    """Has an account. Letters are queued, as they are in a store."""
    settings.EMAIL_BACKEND = "outbox.backend.QueueBackend"
    user = person("Eve")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_up(email: str, password: str = PASSWORD):
    return Client().post("/sign-up/", {"email": email, "password1": password, "password2": password})


def reset(email: str):
    return Client().post("/password/", {"email": email})


def strangers() -> Iterator[str]:
    return (f"nobody{number}@example.com" for number in numbers)


class Clock:
    """Goes by the work that is done and by the time that is slept, which passes at once: a busy machine changes neither."""

    def __init__(self) -> None:
        self.slept = 0.0

    def monotonic(self) -> float:
        return time.process_time() + self.slept

    def sleep(self, seconds: float) -> None:
        self.slept += seconds


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(timing, "time", clock)
    return clock


def medians(post: Post, clock: Clock) -> tuple[float, float]:
    """Of a known address and of new ones, in seconds."""
    post("eve@example.com")
    post(next(strangers()))
    known, new = [], []
    for email in [next(strangers()) for _ in range(3)]:
        known.append(seconds(post, "eve@example.com", clock))
        new.append(seconds(post, email, clock))
    return median(known), median(new)


def seconds(post: Post, email: str, clock: Clock) -> float:
    start = clock.monotonic()
    post(email)
    return clock.monotonic() - start


def differ(one: float, other: float) -> float:
    return abs(one - other) / max(one, other)


def test_sign_up_takes_the_same_time_for_known_and_new_addresses(settings, clock):
    settings.PASSWORD_HASHERS = ARGON
    settings.EVEN_ANSWER_SECONDS = SECONDS
    assert differ(*medians(sign_up, clock)) < 0.2


def test_without_the_guard_sign_up_tells_them_apart(settings, clock, monkeypatch):
    settings.PASSWORD_HASHERS = ARGON
    monkeypatch.setattr(forms, "make_password", lambda password: password)
    assert differ(*medians(sign_up, clock)) > 0.2


def test_a_password_is_hashed_once_for_known_and_new_addresses(monkeypatch):
    hashed = []

    class Counted(hashers.MD5PasswordHasher):
        def encode(self, password: str, salt: str) -> str:
            hashed.append(password)
            return super().encode(password, salt)

    monkeypatch.setattr(hashers, "get_hasher", lambda algorithm="default": Counted())
    sign_up("eve@example.com", "one known password")
    sign_up(next(strangers()), "one new password")
    assert hashed == ["one known password", "one new password"]
    assert User.objects.get(email="eve@example.com").password != "one known password"


@pytest.fixture
def slow_letters(clock, monkeypatch):
    """As with a database that is busy: a letter takes 50 ms to queue."""
    send_mail = PeopleAdapter.send_mail

    def slowly(*args):
        clock.sleep(0.05)
        send_mail(*args)

    monkeypatch.setattr(PeopleAdapter, "send_mail", slowly)


@pytest.mark.usefixtures("slow_letters")
def test_a_reset_takes_the_same_time_for_known_and_unknown_addresses(settings, clock):
    settings.EVEN_ANSWER_SECONDS = SECONDS
    assert differ(*medians(reset, clock)) < 0.2
    assert set(Message.objects.values_list("to", flat=True)) == {"eve@example.com"}


@pytest.mark.usefixtures("slow_letters")
def test_without_the_guard_a_reset_tells_them_apart(clock):
    assert differ(*medians(reset, clock)) > 0.2


@pytest.mark.parametrize("post", [sign_up, reset])
def test_nothing_else_of_the_answer_tells_them_apart(post):
    known, new = post("eve@example.com"), post(next(strangers()))
    assert (known.status_code, known["Location"]) == (new.status_code, new["Location"])
    assert set(known.headers) == set(new.headers)
    assert set(known.cookies) == set(new.cookies)


def test_other_pages_do_not_wait(client, settings, clock):
    settings.EVEN_ANSWER_SECONDS = 60
    for address in ("/sign-up/", "/password/", "/sign-in/"):
        assert client.get(address).status_code == 200
    client.post("/sign-in/", {"login": "eve@example.com", "password": "wrong"})
    assert clock.slept == 0


def test_what_is_wrong_in_the_form_waits_too(settings, clock):
    settings.EVEN_ANSWER_SECONDS = 60
    assert sign_up("eve@example.com", "short").status_code == 200
    assert 59 < clock.slept <= 60
