"""A machine that does whatever may be done to a wallet, in any order, beside a plain model of it that a child could
check; after every step the two agree and every law of the ledger holds."""

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

from credits import services
from credits.codes import redeem
from credits.models import Code, Entry, Payment, Usage, Wallet
from credits.proofs import Progress
from credits.refusals import InsufficientCredits, InvalidCode
from credits.wallets import wallets_hold
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
    row: Payment
    at: datetime
    parts: list[list] = field(default_factory=list)  # [lot, spent, restored], in the order of spending


class Wallets(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.undo = ExitStack()
        self.undo.enter_context(transaction.atomic())
        self.undo.callback(transaction.set_rollback, True)
        self.ada = person("Ada")
        self.now, self.lots, self.paid, self.redeemed = NOW, [], [], 0
        Code.objects.create(code="GIFT", credits=9, per_user=3, lot_days=2, created_at=NOW)

    def teardown(self):
        self.undo.close()

    def wallet(self):
        for lot in self.lots:
            if lot.until and lot.until <= self.now:
                lot.left = 0
        return services.lock_wallet(customer=self.ada, now=self.now)

    def add(self, kind, credits, until):
        self.lots.append(Lot(kind, credits, until, len(self.lots)))
        return self.lots[-1]

    @rule(hours=st.sampled_from([1, 12, 24, 49]))
    def time_passes(self, hours):
        self.now += timedelta(hours=hours)

    @rule(
        credits=st.integers(1, 60),
        kind=st.sampled_from(["paid", "promo", "compensation"]),
        days=st.none() | st.integers(1, 5),
    )
    def grant(self, credits, kind, days):
        until = self.now + days * DAY if days else None
        services.grant(
            wallet=self.wallet(), credits=credits, kind=kind, source="x", expires_at=until, now=self.now
        )
        self.add(kind, credits, until)

    @rule(credits=st.integers(1, 80))
    def pay(self, credits):
        wallet = self.wallet()
        if sum(lot.left for lot in self.lots) < credits:
            with pytest.raises(InsufficientCredits):
                services.pay(wallet=wallet, credits=credits, purpose="x", now=self.now)
            return
        paid = Paid(services.pay(wallet=wallet, credits=credits, purpose="x", now=self.now), self.now)
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
        if not most:
            with pytest.raises(AssertionError, match="never more is restored than was spent"):
                services.restore(
                    wallet=self.wallet(), payment=paid.row, credits=1, evidence="e", now=self.now
                )
            return
        credits = data.draw(st.integers(1, most))
        services.restore(wallet=self.wallet(), payment=paid.row, credits=credits, evidence="e", now=self.now)
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
        assert list(wallets_hold(Progress())) == []

    @invariant()
    def wallet_and_model_agree(self):
        wallet = Wallet.objects.get(pk=self.ada.pk)
        # What is due but not yet written is still in the wallet; the model forgets it with the next look.
        assert list(wallet.lots.order_by("id").values_list("kind", "remaining", "expires_at")) == [
            (lot.kind, lot.left, lot.until) for lot in self.lots
        ]
        assert wallet.balance == sum(lot.left for lot in self.lots)

    @invariant()
    def every_credit_is_somewhere(self):
        def total(kind):
            return Entry.objects.filter(kind=kind).aggregate(sum=Sum("credits"))["sum"] or 0

        gone = Usage.objects.aggregate(spent=Sum("spent"), restored=Sum("restored"))
        spent = (gone["spent"] or 0) - (gone["restored"] or 0)
        assert total("grant") == Wallet.objects.get(pk=self.ada.pk).balance + spent - total("expire")


@pytest.mark.parametrize("examples", [20, pytest.param(400, marks=pytest.mark.long)])
def test_whatever_happens_to_a_wallet_every_credit_is_somewhere(examples, figure):
    how = settings(
        max_examples=examples,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Wallets, settings=how)
    figure(f"wallet machine: {examples} histories of up to 25 steps, every law after each")
