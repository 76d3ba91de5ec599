"""Many at once on few wallets: every credit stays somewhere, nobody waits in a ring, and no guess slips through."""

import random
import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import F

from credits import codes, ledger
from credits.books import open_books
from credits.codes import redeem_code
from credits.due import expire_credits, warn_of_expiry
from credits.models import (
    Code,
    CodeQuerySet,
    Entry,
    ExpiryNotice,
    Redemption,
    Usage,
    Wallet,
    WrongCode,
)
from credits.proofs import Progress
from credits.refusals import InsufficientCredits, InvalidCode, TooManyGuesses
from credits.wallets import wallets_hold
from ground.laws import LawBroken
from ground.receipts import Asking
from ground.transactions import in_transaction, snapshot
from tests.races.together import Gate, together
from tests.world import NOW, balance, give, person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
THREADS = 8


def one_operation(chance, customer, now):
    """Something that may happen to a wallet, in a transaction of its own."""
    books = open_books([customer.pk], now=now)
    wallet = books.wallet(customer.pk)
    act = chance.choice(["grant", "pay", "pay", "restore"])
    if act == "grant" or wallet.balance < 20:
        ends = chance.choice([None, None, now + timedelta(minutes=chance.randint(1, 60))])
        kind = chance.choice(["paid", "promo", "compensation"])
        ledger.grant(wallet, credits=chance.randint(20, 90), kind=kind, source="x", expires_at=ends, at=now)
    elif act == "pay":
        ledger.pay(wallet, credits=chance.randint(1, 20), purpose="x", at=now)
    else:
        open_usages = Usage.objects.filter(payment__wallet=customer.pk, restored__lt=F("spent"))
        usage = open_usages.order_by("-id").first()
        if usage:
            credits = chance.randint(1, usage.spent - usage.restored)
            payment = books.payments([usage.payment_id])[usage.payment_id]
            plan = ledger.plan_restoration(payment, credits=credits, now=now)
            ledger.restore(wallet, plan, evidence="e", at=now)
    books.close()


class Crowd:
    """Eight threads on three wallets, and one who looks meanwhile."""

    def __init__(self, operations):
        self.customers = [person(f"Customer {number}") for number in range(3)]
        self.operations, self.looks, self.wrong = operations, 0, []
        self.over = threading.Event()

    def work(self, seed):
        chance, errors = random.Random(seed), []
        for number in range(self.operations):
            customer = chance.choice(self.customers)
            now = NOW + timedelta(minutes=number)
            try:
                in_transaction(lambda customer=customer, now=now: one_operation(chance, customer, now))
            except (DatabaseError, InsufficientCredits, LawBroken) as error:
                errors.append(error)
        return errors

    def look(self):
        while not self.over.is_set():
            with snapshot():
                self.wrong += wallets_hold(Progress())
            self.looks += 1
            self.over.wait(0.2)

    def run(self):
        started = time.monotonic()
        reader = threading.Thread(target=lambda: (self.look(), connection.close()))
        reader.start()
        try:
            errors = together(*[lambda seed=seed: self.work(seed) for seed in range(THREADS)], patience=3600)
        finally:
            self.over.set()
            reader.join()
        self.seconds = time.monotonic() - started
        return [error for mine in errors for error in (mine if isinstance(mine, list) else [mine])]


@pytest.mark.parametrize("operations", [1_000, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_crowd_on_three_wallets_never_unbalances_them(operations, figure):
    crowd = Crowd(operations)
    assert crowd.run() == []
    assert crowd.wrong == []
    assert list(wallets_hold(Progress())) == []
    entries = Entry.objects.count()
    assert entries > THREADS * operations / 2
    assert crowd.looks > 1
    figure(
        f"crowd on three wallets: {THREADS} threads × {operations:,} operations, {entries:,} entries in "
        f"{crowd.seconds:.0f} s; a reader looked {crowd.looks} times and saw no imbalance; no deadlock"
    )


def test_without_the_wallet_s_lock_the_crowd_is_caught(no_wallet_lock):
    crowd = Crowd(30)
    assert crowd.run() or crowd.wrong or list(wallets_hold(Progress()))


def grant_to_all(customers):
    """One credit for each, in one transaction."""
    with open_books(customers, now=NOW) as books:
        for customer in customers:
            ledger.grant(books.wallet(customer), credits=1, kind="paid", source="x", at=NOW)


def test_books_of_many_wallets_in_any_order_never_wait_in_a_ring(figure):
    chance, rounds = random.Random(7), 12
    customers = [person(f"Customer {number}").pk for number in range(40)]
    for turn in range(rounds):
        orders = [chance.sample(customers, len(customers)) for _ in range(THREADS)]
        told = together(*[lambda order=order: atomically(grant_to_all, order) for order in orders])
        assert told == [None] * THREADS, turn
    assert set(Wallet.objects.values_list("balance", "entries_count")) == {(rounds * THREADS,) * 2}
    assert list(wallets_hold(Progress())) == []
    figure(
        f"books of 40 wallets: {rounds} rounds x {THREADS} threads, each in an order of its own, no deadlock"
    )


def test_without_one_order_for_all_two_wait_for_each_other(ada, ben):
    """Each has one wallet and then wants the other's."""
    first_had = threading.Barrier(2)

    def one_after_the_other(customers):
        books = open_books(customers[:1], now=NOW)
        first_had.wait(10)
        books.open(customers[1:])

    told = together(
        lambda: atomically(one_after_the_other, [ada.pk, ben.pk]),
        lambda: atomically(one_after_the_other, [ben.pk, ada.pk]),
    )
    assert any(isinstance(one, OperationalError) for one in told), told


def atomically(act, *given):
    with transaction.atomic():
        return act(*given)


def ask(customer, text, key):
    asking = Asking(
        person=customer, key=key, what=key, now=NOW, door="page", write=lambda outcome: (200, str(outcome))
    )
    return redeem_code(asking=asking, text=text)


def guesses(customer):
    """Twelve wrong codes at once, and how many of them were looked at."""
    told = together(*[lambda key=f"k{n}": ask(customer, "NOPE", key) for n in range(12)])
    looked_at = [answer for answer in told if isinstance(getattr(answer, "outcome", None), InvalidCode)]
    turned_away = [answer for answer in told if isinstance(answer, TooManyGuesses)]
    assert len(looked_at) + len(turned_away) == 12, told
    assert WrongCode.objects.count() == len(looked_at)
    return len(looked_at)


@pytest.fixture
def slow_count(monkeypatch):
    """Between counting and noting a guess lies the look; here it takes its time."""
    tried = codes._tried

    def slowly(*args):
        counted = tried(*args)
        time.sleep(0.05)
        return counted

    monkeypatch.setattr(codes, "_tried", slowly)


def test_of_twelve_guesses_at_once_five_are_looked_at(ada, slow_count):
    assert guesses(ada) == 5


def test_without_the_wallet_s_lock_more_guesses_slip_through(ada, slow_count, no_wallet_lock):
    assert guesses(ada) > 5


@pytest.fixture
def last_use(monkeypatch):
    """A code with one use left, and a gate right after its uses were counted."""
    gate, works = Gate(), codes._works
    Code.objects.create(code="LAST", credits=50, uses=1, created_at=NOW)

    def works_and_stop(*args):
        answer = works(*args)
        gate.stop()
        return answer

    monkeypatch.setattr(codes, "_works", works_and_stop)
    return gate


def both_redeem(ada, ben, gate):
    together(lambda: ask(ada, "LAST", "a"), lambda: gate.when_reached(lambda: ask(ben, "LAST", "b")))
    return Redemption.objects.count(), balance(ada) + balance(ben)


def test_the_last_use_of_a_code_goes_to_one_of_two(ada, ben, last_use):
    assert both_redeem(ada, ben, last_use) == (1, 50)


def test_without_the_code_s_lock_both_would_get_it(ada, ben, last_use, monkeypatch):
    monkeypatch.setattr(CodeQuerySet, "lock", lambda self, reads_as: self.get(reads_as=reads_as))
    assert both_redeem(ada, ben, last_use) == (2, 100)


def test_the_same_key_at_once_redeems_once(ada):
    Code.objects.create(code="MANY", credits=50, per_user=None, created_at=NOW)
    told = together(*[lambda: ask(ada, "MANY", "same") for _ in range(6)])
    assert {answer.body for answer in told} == {told[0].body}
    assert (balance(ada), Redemption.objects.count()) == (50, 1)


@pytest.fixture
def adas_wallet_is_held(ada):
    """Somebody works on Ada's wallet for longer than anybody waits."""
    held, over = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            open_books([ada.pk], now=NOW - timedelta(days=1))
            held.set()
            over.wait(20)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    yield
    over.set()
    holder.join()
    connection.close()


def test_the_jobs_pass_by_a_wallet_that_is_held_and_serve_the_others(ada, ben, request):
    for customer in (ada, ben):
        give(customer, 30, kind="promo", expires_in=0)
        give(customer, 20, expires_in=5)
    request.getfixturevalue("adas_wallet_is_held")
    assert expire_credits(NOW) == 1
    assert warn_of_expiry(NOW) == 1
    assert (balance(ada), balance(ben)) == (50, 20)
    assert list(ExpiryNotice.objects.values_list("lot__wallet", flat=True)) == [ben.pk]
