"""A machine that does whatever may be done to a wallet, in any order, beside a plain model of it that a child could
check; after every step the two agree, and whenever the books are closed every law of the ledger holds."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from credits import ledger
from credits.books import Books, open_books
from credits.codes import redeem
from credits.models import Code, Entry, Usage, Wallet
from credits.proofs import Progress
from credits.refusals import InsufficientCredits, InvalidCode
from credits.wallets import wallets_hold
from ground.laws import LawBroken
from tests.world import NOW, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@dataclass
class Lot:
    kind: str
    left: int
    until: datetime | None
    place: int


@dataclass
class Paid:
    payment: ledger.Payment
    at: datetime
    parts: list[list] = field(default_factory=list)  # [lot, spent, restored], in the order of spending


class Wallets(RuleBasedStateMachine):
    """Several acts may happen before the books are closed; when time passes they are."""

    def __init__(self):
        super().__init__()
        self.undo = ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.undo.callback(transaction.set_rollback, True)
        self.ada = person("Ada")
        self.now, self.lots, self.paid, self.redeemed = NOW, [], [], 0
        self.books, self.read = None, {}
        Code.objects.create(code="GIFT", credits=9, per_user=3, lot_days=2, created_at=NOW)

    def teardown(self):
        self.undo.close()

    def open_books(self):
        return open_books([self.ada.pk], now=self.now)

    def wallet(self):
        for lot in self.lots:
            if lot.until and lot.until <= self.now:
                lot.left = 0
        if self.books is None:
            self.books, self.read = self.open_books(), {}
        return self.books.wallet(self.ada.pk)

    def payment(self, paid):
        """Its own object while these books are open, and what is stored of it afterwards."""
        pk = paid.payment.id
        if pk is None or paid in self.read.values():
            return paid.payment
        self.read[pk] = paid
        paid.payment = self.books.payments([pk])[pk]
        return paid.payment

    def add(self, kind, credits, until):
        self.lots.append(Lot(kind, credits, until, len(self.lots)))
        return self.lots[-1]

    @rule()
    def close(self):
        if self.books is not None:
            self.books.close()
            self.books = None

    @rule(hours=st.sampled_from([1, 12, 24, 49]))
    def time_passes(self, hours):
        self.close()
        self.now += timedelta(hours=hours)

    @rule(
        credits=st.integers(1, 60),
        kind=st.sampled_from(["paid", "promo", "compensation"]),
        days=st.none() | st.integers(1, 5),
    )
    def grant(self, credits, kind, days):
        until = self.now + days * DAY if days else None
        ledger.grant(self.wallet(), credits=credits, kind=kind, source="x", expires_at=until, at=self.now)
        self.add(kind, credits, until)

    @rule(credits=st.integers(1, 80))
    def pay(self, credits):
        wallet = self.wallet()
        if sum(lot.left for lot in self.lots) < credits:
            with pytest.raises(InsufficientCredits):
                ledger.pay(wallet, credits=credits, purpose="x", at=self.now)
            return
        paid = Paid(ledger.pay(wallet, credits=credits, purpose="x", at=self.now), self.now)
        if paid.payment.id is not None:
            self.read[paid.payment.id] = paid
        never = datetime.max.replace(tzinfo=self.now.tzinfo)
        rank = ["promo", "compensation", "paid"]
        for lot in sorted(self.lots, key=lambda lot: (lot.until or never, rank.index(lot.kind), lot.place)):
            part = min(lot.left, credits)
            if part:
                lot.left -= part
                credits -= part
                paid.parts.append([lot, part, 0])
        self.paid.append(paid)

    @precondition(lambda self: self.paid)
    @rule(data=st.data())
    def restore(self, data):
        paid = data.draw(st.sampled_from(self.paid))
        most = sum(spent - restored for _, spent, restored in paid.parts)
        wallet, payment = self.wallet(), self.payment(paid)
        with pytest.raises(LawBroken, match="never more is restored than was spent"):
            ledger.plan_restoration(payment, credits=most + 1, now=self.now)
        if not most:
            return
        credits = data.draw(st.integers(1, most))
        plan = ledger.plan_restoration(payment, credits=credits, now=self.now)
        ledger.restore(wallet, plan, evidence="e", at=self.now)
        for part in reversed(paid.parts):
            lot, spent, restored = part
            back = min(spent - restored, credits)
            if back:
                credits -= back
                part[2] += back
                if lot.until and lot.until <= self.now:
                    self.add(lot.kind, back, self.now + max(lot.until - paid.at, DAY))
                else:
                    lot.left += back

    @rule()
    def redeem(self):
        self.wallet()
        self.close()
        if self.redeemed < 3:
            redeem(customer=self.ada, text="gift", now=self.now)
            self.add("promo", 9, self.now + 2 * DAY)
            self.redeemed += 1
        else:
            with transaction.atomic():  # the guess is forgotten, so that nobody has to wait
                with pytest.raises(InvalidCode):
                    redeem(customer=self.ada, text="gift", now=self.now)
                transaction.set_rollback(True)

    @rule()
    def expire(self):
        self.wallet()

    @invariant()
    def the_ledger_proves_itself(self):
        if self.books is None:
            assert list(wallets_hold(Progress())) == []

    @invariant()
    def wallet_and_model_agree(self):
        # What is due but not yet written is still in the wallet; the model forgets it with the next look.
        if self.books is None:
            wallet = Wallet.objects.get(pk=self.ada.pk)
            assert list(wallet.lots.order_by("id").values_list("kind", "remaining", "expires_at")) == [
                (lot.kind, lot.left, lot.until) for lot in self.lots
            ]
        else:
            wallet = self.books.wallet(self.ada.pk)
            assert sorted((lot.kind, lot.remaining, str(lot.expires_at)) for lot in wallet.lots) == sorted(
                (lot.kind, lot.left, str(lot.until)) for lot in self.lots if lot.left
            )
        assert wallet.balance == sum(lot.left for lot in self.lots)

    @invariant()
    def every_credit_is_somewhere(self):
        def total(kind):
            return Entry.objects.filter(kind=kind).aggregate(sum=Sum("credits"))["sum"] or 0

        if self.books is None:
            gone = Usage.objects.aggregate(spent=Sum("spent"), restored=Sum("restored"))
            spent = (gone["spent"] or 0) - (gone["restored"] or 0)
            assert total("grant") == Wallet.objects.get(pk=self.ada.pk).balance + spent - total("expire")


class Loads(Wallets):
    """A load keeps its books open while years pass, and what is held back goes out in between."""

    def open_books(self):
        return Books(now=self.now, of_a_load=True)

    def wallet(self):
        wallet = super().wallet()
        ledger.expire_due(wallet, now=self.now)
        return wallet

    @rule(hours=st.sampled_from([1, 12, 24, 49]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)
        if self.books is not None:
            self.wallet()

    @precondition(lambda self: self.books is not None)
    @rule()
    def write(self):
        self.books.write()


@pytest.mark.parametrize("examples", [20, pytest.param(400, marks=pytest.mark.long)])
@pytest.mark.parametrize("machine", [Wallets, Loads])
def test_whatever_happens_to_a_wallet_every_credit_is_somewhere(machine, examples, figure):
    how = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)
    figure(f"{machine.__name__.lower()}: {examples} histories of up to 25 steps, every law after each")
