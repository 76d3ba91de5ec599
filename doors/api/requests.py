"""What the functions of this door are given."""

from datetime import datetime

from rest_framework.request import Request

from accounts.models import ApiKey, User


class Call(Request):
    """Whoever sent it. `now` is the instant of receipt, by which windows are judged."""

    now: datetime


class ApiRequest(Call):
    """Behind the gate of a route with a scope: from a person, or with a key, which acts for the person who owns it."""

    user: User
    auth: ApiKey | None  # none: somebody who is signed in
