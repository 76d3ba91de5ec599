"""API keys: shown once, kept as a digest, dead when their owner, publisher or day is."""

from datetime import timedelta

import pytest

from accounts.keys import CUSTOMER_SCOPES, ScopeNotGiven, find_key, grants, make_key, revoke
from accounts.models import ApiKey
from ground.refusals import Refusal
from tests.world import NOW

pytestmark = pytest.mark.django_db


def test_the_secret_is_nowhere_in_the_database(ada):
    row, text = make_key(owner=ada, now=NOW, name="desktop")
    assert find_key(text, now=NOW) == row
    secret = text.partition("_")[2]
    assert secret not in str(ApiKey.objects.values().get())
    assert row.scopes == list(CUSTOMER_SCOPES)


@pytest.mark.parametrize("wrong", ["", "rc", "rc0123456789_", "x" * 5000, "\x00", "rc_é_ü", "Bearer"])
def test_a_wrong_key_is_nobody(ada, wrong):
    make_key(owner=ada, now=NOW)
    assert find_key(wrong, now=NOW) is None


def test_a_revoked_an_expired_and_an_inactive_persons_key_are_nobody(ada):
    row, text = make_key(owner=ada, now=NOW, expires_at=NOW + timedelta(days=1))
    assert find_key(text, now=NOW + timedelta(days=1)) is None
    ada.is_active = False
    ada.save()
    assert find_key(text, now=NOW) is None
    ada.is_active = True
    ada.save()
    assert find_key(text, now=NOW) == row
    revoke(key=row, now=NOW)
    assert find_key(text, now=NOW) is None


def test_a_member_who_was_removed_has_no_key_any_more(gil, grove):
    _, text = make_key(owner=gil, publisher=grove, now=NOW)
    assert find_key(text, now=NOW)
    gil.memberships.all().delete()
    assert find_key(text, now=NOW) is None


def test_a_store_key_needs_a_lead_and_dies_with_the_role(sam, lea):
    with pytest.raises(Refusal, match="belongs to a lead"):
        make_key(owner=sam, store=True, now=NOW)
    _, text = make_key(owner=lea, store=True, now=NOW)
    assert find_key(text, now=NOW)
    lea.groups.clear()
    assert find_key(text, now=NOW) is None


def test_a_customers_key_has_no_store_scope(ada):
    with pytest.raises(ScopeNotGiven):
        make_key(owner=ada, scopes=["store:write"], now=NOW)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("has", "needs", "may"),
    [
        (["credits:write"], "credits:read", True),
        (["credits:read"], "credits:write", False),
        (["purchases:write"], "credits:read", False),
        ([], "credits:read", False),
    ],
)
def test_write_includes_read_of_the_same_subject(has, needs, may):
    assert grants(has, needs) is may
