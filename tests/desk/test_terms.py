"""Publishing terms: leads only, for the future only, after seeing what they would have changed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuditLine
from ground.templatetags.recredit import MONTHS
from refunds.services import quote
from storefront.models import Purchase, Terms
from tests.refunds.test_refunding import ask
from tests.world import buy

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/admin/storefront/terms/publish/"


def numbers(**changed):
    soon = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    return {
        "version": "strict",
        "in_force_from": soon,
        "window_days": 14,
        "bundle_percent": 20,
        "why": "x",
        **changed,
    }


def test_lea_sees_what_they_would_have_changed_and_publishes(client, lea, ada, oak, fern):
    now = timezone.now()
    ask(ada, buy(ada, oak, days_ago=20, now=now), 40, now=now)
    ask(ada, buy(ada, fern, days_ago=2, now=now), 30, key="k2", now=now)
    client.force_login(lea)
    preview = client.get(PAGE, numbers()).content.decode()
    assert "A yes that would be a no" in preview
    assert f">{MONTHS[now.month - 1]} {now.year}<" in preview
    assert Terms.objects.count() == 1
    assert client.post(PAGE, numbers()).status_code == 302
    assert Terms.objects.get(version="strict").published_by == lea
    assert AuditLine.objects.get().act == "publish_terms"


def test_what_was_bought_before_keeps_its_terms(client, lea, ada, oak):
    now = timezone.now()
    old = buy(ada, oak, days_ago=1, now=now)
    client.force_login(lea)
    client.post(PAGE, numbers(window_days=0))
    judged = quote(
        purchase=Purchase.objects.get(pk=old.pk), requester=ada, now=now + timedelta(days=20)
    ).decision
    assert (judged.eligible, judged.terms.version) == (True, "standard")
    new = buy(ada, oak, again=True, days_ago=0, now=now + timedelta(days=3))
    assert new.terms.version == "strict"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"in_force_from": "2020-01-01T00:00"}, "New terms start in the future"),
        ({"version": "standard"}, "There are terms of this name"),
        ({"bundle_percent": 101}, "less than or equal to 100"),
        ({"window_days": "many"}, "Enter a whole number"),
        ({"why": ""}, "This field is required"),
    ],
)
def test_bad_numbers_get_a_clear_sentence_and_publish_nothing(client, lea, changed, said):
    client.force_login(lea)
    answer = client.post(PAGE, numbers(**changed))
    assert answer.status_code in {409, 422}
    assert said in answer.content.decode()
    assert Terms.objects.count() == 1


def test_an_agent_may_not(client, sam):
    client.force_login(sam)
    assert (client.get(PAGE).status_code, client.post(PAGE, numbers()).status_code) == (403, 403)
    assert Terms.objects.count() == 1
