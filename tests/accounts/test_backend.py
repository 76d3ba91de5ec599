"""Who comes with a session, and what they may do."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission

from accounts.backend import Backend
from accounts.models import User
from tests.statements import asked_by

pytestmark = pytest.mark.django_db


def test_what_somebody_may_do_is_their_own_and_their_groups_in_one_statement(sam):
    sam.user_permissions.add(Permission.objects.get(codename="give_credits"))
    asked = User.objects.get(pk=sam.pk)
    assert len(asked_by(lambda: asked.has_perm("refunds.decide_case"))) == 1
    assert asked.has_perms(["refunds.decide_case", "credits.give_credits"])
    assert not asked.has_perm("storefront.publish_terms")
    assert asked_by(lambda: asked.has_module_perms("refunds")) == []


def test_nobody_may_anything_and_a_superuser_everything(ada, sam):
    assert ada.get_all_permissions() == set()
    sam.is_active = False
    assert sam.get_all_permissions() == set()
    ada.is_superuser = True
    assert ada.has_perm("storefront.publish_terms")


def test_a_session_brings_a_person_with_what_every_page_asks_in_one_statement(gil, sam, lea):
    Authenticator.objects.create(user=lea, type="totp", data={"secret": "of-the-app"})
    found = {}

    def read():
        for person in (gil, sam, lea):
            user = Backend().get_user(person.pk)
            found[user.name] = (user.acts_for_publisher, user.has_second_factor)

    assert len(asked_by(read)) == 3
    assert found == {"Gil": (True, False), "Sam": (False, False), "Lea": (False, True)}
    assert (gil.acts_for_publisher, lea.has_second_factor, sam.has_second_factor) == (True, True, False)


def test_a_closed_account_is_nobodys_session(ada):
    assert Backend().get_user(ada.pk) == ada
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert Backend().get_user(ada.pk) is None
    assert Backend().get_user(999_999) is None
