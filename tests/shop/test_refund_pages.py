"""Request refund, as a customer clicks through it."""

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from credits.models import Wallet
from doors.shop.views import refunds
from refunds.models import Denial, Refund
from refunds.services import opinion
from tests.shop.reading import words
from tests.world import balance, buy, fetch, give

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    """The pages judge by today's clock."""
    return timezone.now()


@pytest.fixture
def at_home(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def page(purchase):
    return f"/purchases/{purchase.number}/refund/"


def hidden(response):
    """The fields that the form carries by itself."""
    return dict(
        re.findall(r'type="hidden" name="(key|expected_credits)" value="([^"]*)"', response.content.decode())
    )


@pytest.mark.django_db(transaction=True)
class TestConfirming:
    def test_ada_reads_the_quote_confirms_and_has_her_credits_on_the_next_page(
        self, at_home, ada, forest, oak, now
    ):
        purchase = buy(ada, forest, days_ago=12, downloaded=[oak], now=now)
        shown = at_home.get(page(purchase))
        text = shown.content.decode()
        assert "You get <b>40 credits</b> back" in text
        assert "Oak trees, downloaded" in text
        assert "Refund 40 credits</button>" in text
        answer = at_home.post(page(purchase), hidden(shown))
        assert (answer.status_code, answer["Location"]) == (302, f"/purchases/{purchase.number}/refund/done/")
        result = at_home.get(answer["Location"]).content.decode()
        assert "<b>40 credits</b> are back in your wallet" in result
        assert "Ferns" in result
        assert balance(ada) == 40

    def test_pressing_twice_refunds_once_and_leads_to_the_same_page(self, at_home, ada, oak, now):
        purchase = buy(ada, oak, now=now)
        form = hidden(at_home.get(page(purchase)))
        first, second = at_home.post(page(purchase), form), at_home.post(page(purchase), form)
        assert first["Location"] == second["Location"]
        assert (balance(ada), Refund.objects.count()) == (40, 1)

    def test_a_quote_that_changed_meanwhile_is_shown_and_nothing_is_done(
        self, at_home, ada, forest, oak, now
    ):
        purchase = buy(ada, forest, days_ago=1, now=now)
        form = hidden(at_home.get(page(purchase)))
        fetch(ada, oak, at=now)
        answer = at_home.post(page(purchase), form)
        assert answer.status_code == 409
        assert "you would get 40 credits back now" in answer.content.decode()
        assert hidden(answer)["expected_credits"] == "40"
        assert hidden(answer)["key"] != form["key"]
        assert (balance(ada), Refund.objects.count()) == (0, 0)

    def test_a_bundle_that_would_bring_nothing_is_kept_unless_ada_ticks_that_she_wants_it(
        self, at_home, ada, forest, oak, fern, moss, bark, now
    ):
        """80 spent, 40 and 40 deducted: the formula says 0."""
        fern.price = 40
        fern.save()
        purchase = buy(ada, forest, days_ago=1, downloaded=[oak, fern], now=now)
        shown = at_home.get(page(purchase))
        assert "Keep my bundle" in shown.content.decode()
        refused = at_home.post(page(purchase), hidden(shown))
        assert refused.status_code == 422
        assert Refund.objects.count() == 0
        at_home.post(page(purchase), {**hidden(refused), "for_nothing": "on"})
        assert (Refund.objects.get().credits, balance(ada)) == (0, 0)

    def test_what_brings_nothing_only_under_the_lock_asks_for_the_tick(
        self, at_home, ada, forest, oak, fern, moss, bark, now, monkeypatch
    ):
        """The page's own quote was taken before the second download, and had no tick; the answer expects 0."""
        fern.price = 40
        fern.save()
        purchase = buy(ada, forest, days_ago=1, downloaded=[oak], now=now)
        before = opinion(purchase=purchase, now=now)
        fetch(ada, fern, at=now)
        with monkeypatch.context() as patch:
            patch.setattr(refunds, "opinion", lambda **_: before)
            refused = at_home.post(page(purchase), {"key": "early", "expected_credits": "0"})
        assert (refused.status_code, Refund.objects.count()) == (409, 0)
        assert "Yes, end these licences for 0 credits" in refused.content.decode()
        assert hidden(refused)["key"] != "early"
        at_home.post(page(purchase), {**hidden(refused), "for_nothing": "on"})
        assert Refund.objects.get().credits == 0

    def test_a_quote_is_counted_once_a_page_shown(self, at_home, ada, oak, monkeypatch, now):
        counted = []
        monkeypatch.setattr("ground.tally.count", counted.append)
        purchase = buy(ada, oak, days_ago=40, now=now)
        answer = at_home.post(page(purchase), {"key": "k", "expected_credits": "0"})
        assert counted == []
        at_home.get(answer["Location"])
        assert counted == ["quotes.denied", "quote_reasons.window_closed"]

    def test_a_denied_request_says_every_reason_with_its_evidence_and_is_kept(
        self, at_home, ada, bark, oak, now
    ):
        buy(ada, oak, days_ago=41, now=now)
        purchase = buy(ada, bark, days_ago=40, now=now)
        fetch(ada, bark, at=now - timedelta(days=39), because_of=oak)
        shown = at_home.get(page(purchase))
        text = shown.content.decode()
        assert "The time for a refund is over" in text
        assert "because Oak trees requires it" in text
        assert f"/cases/new/?invoice={purchase.number}" in text
        assert "Refund" not in re.findall(r"<button[^>]*>([^<]*)</button>", text)
        assert Denial.objects.count() == 0

    def test_a_no_that_was_asked_for_on_the_purchases_page_is_kept(self, at_home, ada, oak, now):
        purchase = buy(ada, oak, days_ago=40, downloaded=[oak], now=now)
        form = hidden(at_home.get(f"/purchases/{purchase.number}/"))
        answer = at_home.post(page(purchase), form)
        assert (answer.status_code, answer["Location"]) == (302, page(purchase))
        denial = Denial.objects.get()
        assert (denial.purchase, denial.requested_by, denial.door) == (purchase, ada, "page")
        assert [reason["code"] for reason in json.loads(denial.decision)["reasons"]] == [
            "window_closed",
            "asset_downloaded",
        ]
        at_home.post(page(purchase), form)
        assert (Denial.objects.count(), balance(ada)) == (1, 0)

    def test_after_a_refund_nobody_is_told_that_a_second_one_could_be_decided(self, at_home, ada, oak, now):
        purchase = buy(ada, oak, days_ago=1, now=now)
        at_home.post(page(purchase), hidden(at_home.get(page(purchase))))
        said = words(at_home.get(page(purchase)))
        assert "This purchase was already refunded" in said
        assert "Are the credits missing?" in said
        assert "A person can still decide" not in said


def test_credits_of_one_kind_go_back_on_one_line(at_home, ada, oak, now):
    give(ada, 15)
    give(ada, 25)
    purchase = buy(ada, oak, now=now, with_credits=False)
    said = words(at_home.get(page(purchase)))
    assert "40 credits back to your paid credits, which do not expire" in said
    assert "15 credits" not in said


class TestStrangers:
    def test_a_strangers_purchase_is_a_purchase_that_never_was(self, at_home, ben, oak, now):
        purchase = buy(ben, oak, now=now)
        theirs = at_home.get(page(purchase))
        never = at_home.get("/purchases/IN019999999999/refund/")
        assert (theirs.status_code, never.status_code) == (404, 404)
        assert theirs.content == never.content
        assert at_home.post(page(purchase), {"key": "k", "expected_credits": "40"}).status_code == 404
        assert balance(ben) == 0

    def test_a_visitor_is_sent_to_sign_in_and_back(self, client, ada, oak, now):
        purchase = buy(ada, oak, now=now)
        answer = client.get(page(purchase))
        assert answer["Location"] == f"/sign-in/?next=/purchases/{purchase.number}/refund/"


@pytest.mark.parametrize("expected", ["", "-1", "4.5", "1e3", "\uff19", "true", str(2**63), "NaN"])
def test_a_broken_form_says_so_and_nothing_happens(at_home, ada, oak, now, expected):
    purchase = buy(ada, oak, now=now)
    answer = at_home.post(page(purchase), {"key": "k", "expected_credits": expected})
    assert answer.status_code in {409, 422}
    assert Wallet.objects.get(customer=ada).balance == 0
    assert Refund.objects.count() == 0
