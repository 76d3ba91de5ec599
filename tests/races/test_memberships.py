"""Two owners who remove each other at once: a publisher is never left without one."""

import pytest
from django.db.models import QuerySet

from accounts import publishers
from accounts.models import Membership, PublisherQuerySet
from accounts.publishers import LastOwner
from ground.refusals import NotAllowed
from tests.races.together import Gate, together
from tests.world import NOW, member

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def gate(monkeypatch):
    """The first stops right after it has seen that another owner stays."""
    gate, look = Gate(), publishers._assert_another_owner
    stopped = []

    def look_and_stop(publisher, leaving):
        look(publisher, leaving)
        if not stopped:
            stopped.append(leaving)
            gate.stop()

    monkeypatch.setattr(publishers, "_assert_another_owner", look_and_stop)
    return gate


def remove_each_other(gil, nell, gate):
    his, hers = Membership.objects.get(user=gil), Membership.objects.get(user=nell)
    return together(
        lambda: publishers.remove_member(membership=hers, by=gil, now=NOW),
        lambda: gate.when_reached(lambda: publishers.remove_member(membership=his, by=nell, now=NOW)),
    )


def test_one_of_two_owners_stays(gil, grove, gate):
    told = remove_each_other(gil, member("Nell", grove), gate)
    assert told[0] is None
    assert isinstance(told[1], (LastOwner, NotAllowed))
    assert list(grove.memberships.values_list("user__name", flat=True)) == ["Gil"]


def test_without_the_lock_nobody_stays(gil, grove, gate, monkeypatch):
    monkeypatch.setattr(PublisherQuerySet, "lock", lambda self, pk: QuerySet.get(self, pk=pk))
    assert remove_each_other(gil, member("Nell", grove), gate) == [None, None]
    assert not grove.memberships.exists()
