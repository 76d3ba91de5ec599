"""Ada's browser, and the instant at which she looks."""

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User


@pytest.fixture
def at_desk(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def now() -> datetime:
    return timezone.now()
