"""How allauth treats our people: plain e-mail sign-in, letters through the outbox, links under PUBLIC_URL."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class PeopleAdapter(DefaultAccountAdapter):
    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """There is none: the e-mail is the name one signs in with."""

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        # Never from the Host header: a forged one would put a stranger's address into the letter.
        return settings.PUBLIC_URL + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        return settings.PUBLIC_URL + reverse("account_reset_password_from_key", args=key.split("-", 1))
