"""What somebody sees who has not signed in."""

from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from playwright.sync_api import Page, expect

from accounts.models import User


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-up/"])
def test_a_visitors_page_looks_right(
    address: str, open_page: Callable[[str], Page], looks_right: Callable[[], None]
) -> None:
    open_page(address)

    looks_right()


def test_ada_signs_in_with_the_keyboard_alone(open_page: Callable[[str], Page], ada: User) -> None:
    ada.set_password("a long walk home")
    ada.save()
    EmailAddress.objects.create(user=ada, email=ada.email, verified=True, primary=True)
    page = open_page("/sign-in/?next=/profile/")

    page.get_by_label("E-mail").focus()
    page.keyboard.type(ada.email)
    page.keyboard.press("Tab")
    page.keyboard.type("a long walk home")
    page.keyboard.press("Enter")

    # The address of the sign-in page ends in /profile/ as well, so only the page itself says that she is in.
    expect(page.get_by_role("heading", level=1)).to_have_text("Your profile")
