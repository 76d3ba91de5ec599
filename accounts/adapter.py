"""How allauth treats our people: plain e-mail sign-in, letters through the outbox, links under PUBLIC_URL."""

from typing import ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailConfirmation
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class PeopleAdapter(DefaultAccountAdapter):
    # Every no says what to do now, and none says whether somebody has an account.
    error_messages: ClassVar = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This account is closed. Write to support if you think that it should not be."),
        "email_password_mismatch": _(
            "This e-mail and password do not belong together. Check both, or ask for a new password."
        ),
        "incorrect_code": _("This code is not right, or no longer. Type the one that your app shows now."),
        "incorrect_password": _("This is not your password. Nothing was changed; please try again."),
        "too_many_login_attempts": _(
            "There were too many attempts to sign in. Wait a few minutes, or ask for a new password."
        ),
    }

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """There is none: the e-mail is the name one signs in with."""

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        # Never from the Host header: a forged one would put a stranger's address into the letter.
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        return settings.PUBLIC_URL + reverse("account_reset_password_from_key", args=key.split("-", 1))
