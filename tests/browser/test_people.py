"""The pages on which people look after themselves, as the browser shows them."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from playwright.sync_api import Page, expect

from accounts.models import User

PASSWORD = "a-calm-ledger-of-my-own"


@pytest.fixture
def ada_with_password(ada: User) -> User:
    ada.set_password(PASSWORD)
    ada.save()
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    return ada


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/sign-in/", "Sign in"),
        ("/sign-up/", "Sign up"),
        ("/password/", "A new password"),
        ("/password/sent/", "Look into your mail"),
    ],
)
def test_the_pages_before_the_door_look_right(
    address: str, title: str, open_page: Callable[[str], Page], looks_right: Callable[[], None], db: None
) -> None:
    page = open_page(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    looks_right()


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ("/profile/", "Your profile"),
        ("/profile/email/", "Your e-mail addresses"),
        ("/profile/password/", "Change your password"),
        ("/profile/second-factor/", "Second factor"),
        ("/sign-out/", "Sign out"),
    ],
)
def test_the_pages_of_ones_own_look_right(
    address: str,
    title: str,
    ada_with_password: User,
    sign_in: Callable[[User], None],
    open_page: Callable[[str], Page],
    looks_right: Callable[[], None],
) -> None:
    sign_in(ada_with_password)
    page = open_page(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    looks_right()


def test_a_wrong_password_is_told_above_the_form_with_the_address_still_there(
    ada_with_password: User, open_page: Callable[[str], Page], looks_right: Callable[[], None]
) -> None:
    page = open_page("/sign-in/")
    page.get_by_label("E-mail").fill(ada_with_password.email)
    page.get_by_label("Password").fill("not-hers")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("You are not signed in yet")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_value(ada_with_password.email)
    looks_right()


def test_ada_turns_on_a_second_factor_and_signs_in_with_it(
    ada_with_password: User, page: Page, open_page: Callable[[str], Page], settings: Any
) -> None:
    # The half minute for which a code is good may end between its filling in and its arrival.
    settings.MFA_TOTP_TOLERANCE = 1
    open_page("/sign-in/?next=/profile/second-factor/app/on/")
    _sign_in(page, ada_with_password)
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="The key for your app")).to_be_visible()
    secret = page.locator(".copy__text").inner_text()
    page.get_by_label("Code").fill(_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    assert Authenticator.objects.filter(user=ada_with_password, type="totp").count() == 1

    page.context.clear_cookies()
    open_page("/sign-in/?next=/profile/")
    _sign_in(page, ada_with_password)
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    recovery = (
        Authenticator.objects.get(user=ada_with_password, type="recovery_codes").wrap().get_unused_codes()[0]
    )
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")


def _sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def _code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
