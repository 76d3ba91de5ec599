"""The portal's pages: who comes in, and what each page says."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Membership
from tests import world

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()  # The pages read the true clock, so this world stands on it too.
PAGES = [
    "/portal/",
    "/portal/invoices/",
    "/portal/invoices/verified.csv",
    "/portal/refunds/",
    "/portal/refunds/new/",
    "/portal/sales/",
    "/portal/sales/items.csv",
    "/portal/keys/",
    "/portal/keys/look-ups/",
    "/portal/account/",
]


def buy(customer, thing, *, now=NOW, **more):
    return world.buy(customer, thing, now=now, **more)


def browser(person):
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.parametrize("address", PAGES)
def test_a_member_is_let_in_and_everybody_else_is_not(ada, gil, address):
    assert browser(gil).get(address).status_code == 200
    assert browser(ada).get(address).status_code == 403
    visitor = Client().get(address)
    assert (visitor.status_code, visitor["Location"]) == (302, f"/sign-in/?next={address}")


@pytest.mark.parametrize("address", PAGES)
def test_a_member_removed_a_minute_ago_is_refused(gil, address):
    page = browser(gil)
    assert page.get(address).status_code == 200
    Membership.objects.filter(user=gil).delete()
    assert page.get(address).status_code == 403
