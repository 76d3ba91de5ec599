"""A law that does not hold stops the program, and the transaction with it; also where assertions are left out."""

import subprocess
import sys
from pathlib import Path

import pytest

from accounts.models import Publisher
from ground.laws import LawBroken, given, law
from ground.refusals import Refusal
from ground.transactions import in_transaction

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("holds", [True, 1, "yes", [None]])
def test_a_law_that_holds_says_nothing(holds):
    assert law(holds, "credits are whole") is None


@pytest.mark.parametrize("broken", [False, None, 0, "", []])
def test_a_law_that_is_broken_stops_with_its_own_words(broken):
    with pytest.raises(LawBroken) as stopped:
        law(broken, "credits are whole")
    assert str(stopped.value) == "credits are whole"


@pytest.mark.parametrize("thing", [7, 0, "", [], False])
def test_a_thing_that_is_there_is_given_whatever_it_is(thing):
    assert given(thing, "a lot has its id") is thing


def test_a_thing_that_is_not_there_stops_with_the_law_s_words():
    with pytest.raises(LawBroken) as stopped:
        given(None, "a lot has its id")
    assert str(stopped.value) == "a lot has its id"


def test_it_is_neither_an_assertion_nor_an_answer_to_anybody():
    """Whoever catches those two, to ask again or to tell people, lets a broken law pass by."""
    assert not issubclass(LawBroken, AssertionError | Refusal | ValueError)


@pytest.mark.parametrize("options", [[], ["-O"], ["-OO"]])
def test_a_law_holds_however_python_was_started(options):
    program = "from ground.laws import law\nlaw(2 > 3, 'two is less')"
    ended = subprocess.run(
        [sys.executable, *options, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "ground.laws.LawBroken: two is less"


@pytest.mark.django_db(transaction=True)
def test_a_broken_law_takes_the_transaction_with_it():
    def act():
        Publisher.objects.create(slug="grove", name="Grove Studio")
        law(Publisher.objects.count() == 2, "there are two publishers")

    with pytest.raises(LawBroken, match="there are two publishers"):
        in_transaction(act)
    assert not Publisher.objects.exists()
