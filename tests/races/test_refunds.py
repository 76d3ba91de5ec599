"""Two at once on one purchase: one of them wins whole.

Two tabs, and a refund against a download, have their twins without the guard here; those of the keys, the lots, the expiry
job and the charge-back stand in `test_refunds_among_others`, where each meets the refund at its worst moment.
"""

import json
from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from credits.books import open_books
from credits.models import Entry, Lot
from ground.laws import LawBroken
from ground.receipts import Asking, digest_of
from ground.refusals import KeyReused
from refunds import services
from refunds.models import Denial, Refund
from refunds.refusals import QuoteChanged
from refunds.services import charge_back, request_refund
from storefront.models import Download, Purchase, Status
from storefront.refusals import NotOwned
from storefront.services import Wanted, download, record_downloads
from storefront.services import buy as buy_within
from tests.races.together import Gate, together
from tests.world import NOW, balance, buy, give

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def refund(person, purchase, credits, key, *, what=""):
    asking = Asking(
        person=person,
        key=key,
        what=what or digest_of(purchase.number, str(credits)),
        now=NOW,
        door="page",
        write=lambda outcome: (201, f"{type(outcome).__name__} {getattr(outcome, 'pk', '')}"),
    )
    return request_refund(asking=asking, purchase=purchase, expected_credits=credits)


def fetch(person, *assets):
    return download(
        customer=person, wanted=[Wanted(asset) for asset in assets], told="", door="page", now=NOW
    )


@pytest.fixture
def gate(monkeypatch):
    """A refund stops right after it has read its facts, so that whoever comes meanwhile comes at the worst moment."""
    gate, gather = Gate(), services.gather

    def gather_and_stop(*args, **kwargs):
        facts = gather(*args, **kwargs)
        gate.stop()
        return facts

    monkeypatch.setattr(services, "gather", gather_and_stop)
    return gate


def reasons(answer):
    return [reason["code"] for reason in json.loads(answer.outcome.decision)["reasons"]]


@pytest.mark.parametrize("rounds", [100, pytest.param(1000, marks=pytest.mark.long)])
def test_two_tabs_refund_once_and_the_loser_is_told(ada, oak, rounds, figure):
    told = Counter()
    for turn in range(rounds):
        purchase = buy(ada, oak, again=True)
        before = balance(ada)
        answers = together(
            lambda: refund(ada, purchase, 40, f"one-{turn}"), lambda: refund(ada, purchase, 40, f"two-{turn}")
        )
        won = [answer for answer in answers if isinstance(answer.outcome, Refund)]
        lost = [answer for answer in answers if isinstance(answer.outcome, Denial)]
        assert (len(won), [reasons(answer) for answer in lost]) == (1, [["already_refunded"]])
        assert balance(ada) == before + 40
        told["refunded"] += len(won)
        told["already refunded"] += len(lost)
    figure(f"refund against refund, two tabs: {rounds} rounds, {dict(told)}")


def test_twin_without_the_locks_two_tabs_crash_in_somebodys_face(ada, oak, no_locks, gate):
    purchase = buy(ada, oak)
    first, second = together(
        lambda: refund(ada, purchase, 40, "one"),
        lambda: gate.when_reached(lambda: refund(ada, purchase, 40, "two")),
    )
    broken = [outcome for outcome in (first, second) if isinstance(outcome, IntegrityError | LawBroken)]
    assert len(broken) == 1, "only the walls behind the lock kept the second refund out"


def test_the_same_key_twice_at_once_is_one_effect_and_one_answer(ada, oak):
    for turn in range(25):
        purchase = buy(ada, oak, again=True)
        answers = together(*[lambda: refund(ada, purchase, 40, f"key-{turn}")] * 3)
        assert len({(answer.status, answer.body) for answer in answers}) == 1
        assert sorted(answer.replayed for answer in answers) == [False, True, True]
        assert Refund.objects.filter(purchase=purchase).count() == 1


def test_the_same_key_for_two_things_at_once_serves_one_and_refuses_the_other(ada, oak, fern):
    one, other = buy(ada, oak), buy(ada, fern)
    outcomes = together(lambda: refund(ada, one, 40, "key"), lambda: refund(ada, other, 30, "key"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Answer", "KeyReused"]
    assert any(isinstance(outcome, KeyReused) for outcome in outcomes)
    assert Refund.objects.count() == 1


def test_equal_keys_of_two_people_are_two_keys(ada, ben, oak):
    mine, theirs = buy(ada, oak), buy(ben, oak)
    together(lambda: refund(ada, mine, 40, "key"), lambda: refund(ben, theirs, 40, "key"))
    assert (balance(ada), balance(ben)) == (40, 40)


def test_a_first_download_waits_for_the_refund_and_then_owns_nothing(ada, forest, fern, gate):
    purchase = buy(ada, forest)
    answer, fetched = together(
        lambda: refund(ada, purchase, 80, "key"), lambda: gate.when_reached(lambda: fetch(ada, fern))
    )
    assert isinstance(answer.outcome, Refund)
    assert isinstance(fetched, NotOwned)
    assert (balance(ada), Download.objects.count()) == (80, 0)


def test_twin_without_the_locks_ada_has_the_file_and_all_of_her_credits(ada, forest, fern, gate, no_locks):
    purchase = buy(ada, forest)
    answer, fetched = together(
        lambda: refund(ada, purchase, 80, "key"), lambda: gate.when_reached(lambda: fetch(ada, fern))
    )
    assert isinstance(answer.outcome, Refund)
    assert fetched, "the file left the store"
    assert (balance(ada), Download.objects.count()) == (80, 1)


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ"])
def test_a_refund_that_waited_sees_the_download_that_it_waited_for(ada, forest, fern, level):
    purchase = buy(ada, forest)
    gate = Gate()

    def fetch_slowly():
        with transaction.atomic():
            Purchase.objects.lock_all([purchase.pk])
            gate.stop()
            return record_downloads(customer=ada, wanted=[Wanted(fern)], now=NOW)

    def ask():
        with connection.cursor() as cursor:
            cursor.execute(f"SET default_transaction_isolation = '{level.lower()}'")
        return refund(ada, purchase, 80, "key")

    fetched, answer = together(fetch_slowly, lambda: gate.when_reached(ask))
    assert len(fetched) == 1
    assert isinstance(answer.outcome, QuoteChanged)
    assert answer.outcome.facts["credits"] == 50
    assert (balance(ada), Refund.objects.count()) == (0, 0)


def test_downloads_that_cross_the_half_while_a_refund_runs_are_decided_at_one_instant(
    ada, forest, oak, fern, moss, bark
):
    """Either the refund came first and nothing was fetched afterwards, or it saw the files that were."""
    seen = Counter()
    for turn in range(30):
        purchase = buy(ada, forest, again=True)
        answer, *fetched = together(
            lambda: refund(ada, purchase, 80, f"key-{turn}"),
            *[lambda a=a: fetch(ada, a) for a in (oak, fern, moss)],
        )
        files = sum(isinstance(each, list) for each in fetched)
        outcome = answer.outcome
        seen[type(outcome).__name__] += 1
        if isinstance(outcome, Refund):
            assert (outcome.credits, files) == (80, 0)
        elif isinstance(outcome, Denial):
            assert files == 3
        else:
            assert isinstance(outcome, QuoteChanged)
            assert files == 3
        if Purchase.objects.get(pk=purchase.pk).status == Status.COMPLETED:
            charge_back(purchase=purchase, by=None, why="end of the round", now=NOW)
    assert sum(seen.values()) == 30


def test_a_refund_and_a_purchase_share_lots_and_nobody_deadlocks(ada, ben, oak, fern):
    give(ada, 400)
    give(ben, 400)

    def life(person, thing, turns):
        for turn in range(turns):
            with transaction.atomic():
                bought = buy_within(
                    customer=person, asset=thing, expected_credits=thing.price, allow_duplicate=True, now=NOW
                )
            refund(person, bought, thing.price, f"{person.pk}-{thing.pk}-{turn}")
        return turns

    outcomes = together(*[lambda p=p, t=t: life(p, t, 15) for p in (ada, ben) for t in (oak, fern)])
    assert outcomes == [15] * 4
    assert (balance(ada), balance(ben)) == (400, 400)
    assert not Lot.objects.filter(remaining__lt=0).exists()
    assert Entry.objects.filter(wallet=ada.wallet).count() == 1 + 60


def test_a_refund_and_the_expiry_job_at_one_instant(ada, oak):
    """The lot that paid expires at this very instant: its credits come back once, as a lot that lives on."""
    for turn in range(20):
        give(ada, 40, kind="promo", days_ago=10, expires_in=0)
        purchase = buy(ada, oak, days_ago=3, with_credits=False, again=True)

        def expire_quietly():
            with transaction.atomic():
                open_books([ada.pk], now=NOW)

        together(lambda: refund(ada, purchase, 40, f"key-{turn}"), expire_quietly)
        assert balance(ada) == 40 * (turn + 1)
        assert Lot.objects.filter(reborn_from__isnull=False).count() == turn + 1


def test_a_charge_back_and_a_refund_never_both_start_from_completed(ada, lea, oak):
    for turn in range(20):
        purchase = buy(ada, oak, again=True)
        answer, charged = together(
            lambda: refund(ada, purchase, 40, f"key-{turn}"),
            lambda: charge_back(purchase=purchase, by=lea, why="bank", now=NOW + timedelta(seconds=1)),
        )
        purchase.refresh_from_db()
        assert purchase.status == Status.CHARGED_BACK
        assert charged.purchase_id == purchase.pk
        if isinstance(answer.outcome, Denial):
            assert reasons(answer) == ["not_completed"]
