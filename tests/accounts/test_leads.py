"""Who is a lead: whoever holds the permission, and there is one place that says so."""

import pytest
from django.contrib.auth.models import Permission

from accounts.keys import find_key, make_key
from accounts.models import User
from accounts.people import change_role, give_role
from tests.world import NOW, agent, person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lead_is_who_holds_the_permission_by_the_group_or_by_name(sam, lea, ada):
    assert (lea.is_lead, sam.is_lead, ada.is_lead) == (True, False, False)
    sam.user_permissions.add(Permission.objects.get(codename="overrule_case"))
    assert User.objects.get(pk=sam.pk).is_lead


def test_a_superuser_is_no_lead_until_they_are_made_one(db):
    root = person("Root", is_superuser=True)
    assert root.has_perm("refunds.overrule_case")
    assert not root.is_lead
    give_role(user=root, role="lead")
    assert root.is_lead


def test_a_role_that_changes_is_known_at_once_and_nobody_inactive_leads(lea):
    mia = agent("Mia")
    assert not mia.is_lead
    change_role(user=mia, role="lead", by=lea, why="She leads now.", now=NOW)
    assert mia.is_lead
    change_role(user=mia, role="", by=lea, why="She left.", now=NOW)
    assert not mia.is_lead
    lea.is_active = False
    lea.save()
    assert not User.objects.get(pk=lea.pk).is_lead


def test_a_stores_key_is_its_owners_while_they_lead_by_group_or_by_name(sam, lea, django_assert_num_queries):
    held = Permission.objects.get(codename="overrule_case")
    sam.user_permissions.add(held)
    keys = [make_key(owner=owner, store=True, now=NOW)[1] for owner in (lea, User.objects.get(pk=sam.pk))]
    with django_assert_num_queries(2):
        assert [find_key(key, now=NOW).owner for key in keys] == [lea, sam]
    sam.user_permissions.remove(held)
    assert find_key(keys[1], now=NOW) is None
