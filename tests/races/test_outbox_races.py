"""Workers side by side: each letter is claimed by one of them, and the letters of an act are written by one."""

import pytest
from django.db.models import QuerySet

from outbox import acts, letters, worker
from outbox.models import Message, MessageQuerySet
from tests.races.together import together
from tests.world import NOW, buy

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


def written_by_two(ada, oak):
    """One worker was so late that another has claimed the act too; both write at once. Gives what each was told, and
    how many letters there are."""
    Message.objects.update(sent_at=NOW)
    buy(ada, oak, again=True)
    late = worker.claim(now=NOW)
    other = worker.claim(now=NOW + worker.LEASE)
    assert late == other
    told = together(lambda: acts.write_letters(late), lambda: acts.write_letters(other))
    return told, Message.objects.filter(template="receipt").count()


def test_of_two_workers_at_one_act_the_one_who_holds_it_writes_its_letters(ada, oak):
    for turn in range(10):
        assert written_by_two(ada, oak) == ([False, True], turn + 1)
    assert Message.objects.count() == 10


def test_without_the_look_at_who_holds_it_its_letters_are_written_twice(ada, oak, monkeypatch):
    def delete_and_say_yes(self):
        QuerySet.delete(self)
        return 1, {}

    monkeypatch.setattr(MessageQuerySet, "delete", delete_and_say_yes)
    assert written_by_two(ada, oak) == ([True, True], 2)
