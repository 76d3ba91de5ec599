"""The same for cases, codes, gifts, expiry and what another shop registers: a failure at any database call leaves nothing
behind, and doing it again does it once."""

from datetime import timedelta
from functools import partial

import pytest

from credits import ledger
from credits.books import open_books
from credits.codes import redeem_code
from credits.due import expire_credits, warn_of_expiry
from credits.giving import give_credits
from credits.models import Code, Entry, Lot, Redemption, WrongCode
from ground.transactions import in_transaction
from outbox.models import Message
from refunds import cases
from refunds.models import Case, CaseEvent, CreditNote, Refund, State
from refunds.registering import register_download, register_grant, register_purchase
from storefront.models import Download, Purchase
from tests.faults.test_every_call import asking, breaks_anywhere
from tests.refunds.requests import ask, request, yes
from tests.world import NOW, balance, buy, give, pay

pytestmark = pytest.mark.django_db(transaction=True)


def acts(case, act):
    return CaseEvent.objects.filter(case=case, act=act).count()


def test_opening_a_case_breaks_anywhere_and_opens_one(ada, cliff, slate, moss):
    purchase = buy(ada, cliff, days_ago=45)
    breaks_anywhere(partial(ask, ada, purchase))
    case = Case.objects.get()
    assert (case.state, acts(case, "opened"), case.answers.count()) == (State.WAITING_FOR_PUBLISHER, 1, 2)


def test_a_publishers_request_breaks_anywhere_and_opens_one(ada, gil, grove, oak):
    purchase = buy(ada, oak, days_ago=45)
    breaks_anywhere(partial(request, gil, grove, purchase))
    assert Case.objects.get().answers.get().authorised is True


def test_a_publishers_yes_breaks_anywhere_and_is_one_answer(ada, gil, grove, oak):
    case = ask(ada, buy(ada, oak, days_ago=45))
    breaks_anywhere(partial(yes, case, grove, gil))
    assert (Case.objects.get().state, acts(case, "authorised")) == (State.WAITING_FOR_SUPPORT, 1)


def test_a_withdrawal_breaks_anywhere_and_happens_once(ada, oak):
    case = ask(ada, buy(ada, oak, days_ago=45))
    breaks_anywhere(partial(cases.do, "withdraw", case=case, by=ada, door="page", now=NOW))
    assert (Case.objects.get().state, acts(case, "withdrawn")) == (State.WITHDRAWN, 1)


def test_an_approval_breaks_anywhere_and_pays_once(ada, sam, gil, grove, oak, figure):
    case = ask(ada, buy(ada, oak, days_ago=45, downloaded=[oak]))
    yes(case, grove, gil)
    approve = partial(cases.do, "approve", case=case, by=sam, credits=30, keep=frozenset(), now=NOW)
    statements = breaks_anywhere(approve)
    assert (balance(ada), Refund.objects.get().case, CreditNote.objects.count()) == (30, case, 1)
    figure(
        f"an approval that fails at every one of its {statements} statements: nothing left behind, then paid once"
    )


def test_a_second_agents_word_breaks_anywhere_and_pays_once(ada, sam, mia, oak):
    case = ask(ada, buy(ada, oak, days_ago=45), "server_error")
    breaks_anywhere(
        partial(cases.do, "approve", case=case, by=sam, credits=40, keep=frozenset(), note="Disk 3.", now=NOW)
    )
    assert (Case.objects.get().state, balance(ada)) == (State.WAITING_FOR_SECOND_AGENT, 0)
    breaks_anywhere(partial(cases.do, "confirm", case=case, by=mia, now=NOW))
    assert (Case.objects.get().state, balance(ada), Refund.objects.count()) == (State.APPROVED, 40, 1)


def test_a_strike_that_settles_breaks_anywhere_and_pays_once(ada, sam, oak):
    purchase = buy(ada, oak, days_ago=3, downloaded=[oak])
    case = ask(ada, purchase, "never_downloaded")
    row = Download.objects.get()
    breaks_anywhere(partial(cases.strike, downloads=[row], by=sam, why="It never arrived.", now=NOW))
    assert (balance(ada), Refund.objects.get().case, acts(case, "struck")) == (40, case, 1)


def test_an_answer_with_compensation_breaks_anywhere_and_gives_once(ada, lea):
    case = ask(ada, None, "credits_wrong")
    breaks_anywhere(partial(cases.do, "answer", case=case, by=lea, note="It got lost.", credits=25, now=NOW))
    case.refresh_from_db()
    assert (case.state, balance(ada), case.compensation) == (State.ANSWERED, 25, Lot.objects.get())


def test_books_of_several_wallets_break_anywhere_and_are_written_once(ada, ben):
    """Grants, payments, restorations, a lot that is reborn, and expiry that is due, in one go."""
    give(ada, 30, kind="promo", expires_in=-1)
    give(ben, 20)
    given_back = [pay(ada, 10, at=NOW - timedelta(days=2)).pk, pay(ben, 5).pk]

    def act():
        with open_books([ada.pk, ben.pk], now=NOW) as books:
            for payment in books.payments(given_back).values():
                wallet = books.wallet(payment.customer)
                plan = ledger.plan_restoration(payment, credits=5, now=NOW)
                ledger.restore(wallet, plan, evidence="e", at=NOW)
                ledger.grant(wallet, credits=7, kind="paid", source="x", at=NOW)
                ledger.pay(wallet, credits=8, purpose="Oak", at=NOW)

    breaks_anywhere(partial(in_transaction, act))
    assert (balance(ada), balance(ben), Entry.objects.count()) == (4, 19, 12)
    assert Lot.objects.exclude(reborn_from=None).get().wallet_id == ada.pk


def test_a_gift_breaks_anywhere_and_is_given_once(ada, lea):
    gift = {"credits": 25, "kind": "promo", "expires_at": None, "why": "Sorry."}
    breaks_anywhere(partial(give_credits, asking=asking(lea), customer=ada, **gift))
    assert (balance(ada), Lot.objects.count(), Message.objects.count()) == (25, 1, 1)


def test_a_code_breaks_anywhere_and_is_redeemed_once(ada):
    Code.objects.create(code="WELCOME", credits=50, uses=1, created_at=NOW)
    breaks_anywhere(partial(redeem_code, asking=asking(ada), text="welcome"))
    assert (balance(ada), Redemption.objects.count()) == (50, 1)


def test_a_wrong_code_breaks_anywhere_and_is_counted_once(ada):
    breaks_anywhere(partial(redeem_code, asking=asking(ada), text="nope"))
    assert WrongCode.objects.count() == 1


def test_expiry_and_its_warning_break_anywhere_and_happen_once(ada):
    give(ada, 30, kind="promo", expires_in=0)
    give(ada, 20, expires_in=5)
    breaks_anywhere(partial(expire_credits, NOW))
    breaks_anywhere(partial(warn_of_expiry, NOW))
    assert (balance(ada), Entry.objects.filter(kind="expire").count(), Message.objects.count()) == (20, 1, 1)


def test_what_a_shop_registers_breaks_anywhere_and_is_recorded_once(ada, lea, forest, oak):
    earlier = NOW - timedelta(days=1)
    given = {"customer": ada, "credits": 100, "kind": "paid", "at": earlier}
    breaks_anywhere(partial(register_grant, asking=asking(lea, "g"), **given))
    sold = {"customer": ada, "thing": forest, "credits": 80, "at": earlier}
    breaks_anywhere(partial(register_purchase, asking=asking(lea, "p"), **sold))
    purchase = Purchase.objects.get()
    fetched = {"purchase": purchase, "asset": oak, "at": NOW}
    breaks_anywhere(partial(register_download, asking=asking(lea, "d"), **fetched))
    purchase.refresh_from_db()
    assert (balance(ada), purchase.number, purchase.downloaded_count) == (20, "IN010000000001", 1)
