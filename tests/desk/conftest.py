"""Who sits at the desk."""

import pytest
from django.utils import timezone


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def as_sam(client, sam):
    client.force_login(sam)
    return client
