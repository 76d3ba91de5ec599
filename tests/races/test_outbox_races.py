"""Workers side by side: each letter is claimed by one of them."""

import pytest

from outbox import letters, worker
from outbox.models import Message, MessageQuerySet
from tests.races.together import together
from tests.world import NOW

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
LETTERS = 120


@pytest.fixture
def queue(ada):
    for number in range(LETTERS):
        letters.queue(template="as_written", to=ada, data={"subject": str(number)}, now=NOW)


def claim_all():
    mine = []
    while message := worker.claim(now=NOW):
        mine.append(message.pk)
    return mine


def claimed_by_four():
    return [pk for mine in together(*[claim_all] * 4) for pk in mine]


def test_four_workers_claim_each_letter_once_and_wait_for_nobody(queue):
    claimed = claimed_by_four()
    assert len(claimed) == LETTERS
    assert set(claimed) == set(Message.objects.values_list("pk", flat=True))
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_without_the_lock_some_letter_is_claimed_twice(queue, monkeypatch):
    def unlocked(self, now):
        return self.filter(claimed_until=None, due_at__lte=now).order_by("due_at").first()

    monkeypatch.setattr(MessageQuerySet, "next_to_claim", unlocked)
    claimed = claimed_by_four()
    assert len(claimed) > len(set(claimed))
