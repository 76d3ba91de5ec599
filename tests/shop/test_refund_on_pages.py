"""What the shop's other pages say of refunds: what could go back now, until when, and what a download would cost."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from ground.templatetags.recredit import moment
from tests.world import buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def at_home(client, ada):
    client.force_login(ada)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.content.decode())))


def test_the_history_says_what_is_refundable_right_now(at_home, ada, forest, oak, slate, now):
    buy(ada, forest, days_ago=17.5, downloaded=[oak], now=now)
    buy(ada, slate, days_ago=31, now=now)
    page = text_of(at_home.get("/purchases/"))
    until = moment(now + timedelta(days=12.5))
    assert f"40 credits refundable, 12 more days until {until}" in page
    assert page.count("refundable") == 1


def test_the_purchase_says_until_when_in_adas_own_zone(at_home, ada, oak):
    ada.time_zone = "Europe/Berlin"
    ada.save()
    now = timezone.now()
    purchase = buy(ada, oak, days_ago=17.5, now=now)
    page = text_of(at_home.get(f"/purchases/{purchase.number}/"))
    assert "40 credits would come back now" in page
    assert "12 more days" in page
    assert re.search(r"until \w{3} \d+ \w{3} \d{4}, \d\d:\d\d (CET|CEST)", page)


def test_the_library_says_what_each_download_would_cost(at_home, ada, forest, slate, now):
    bundle, single = buy(ada, forest, days_ago=2, now=now), buy(ada, slate, days_ago=1, now=now)
    page = text_of(at_home.get("/library/"))
    assert f"lowers {bundle.number} from 80 to 50 credits" in page
    assert f"makes {single.number} no longer refundable (25 credits now)" in page


def test_the_library_of_many_takes_as_few_statements_as_that_of_one(
    at_home, ada, oak, forest, cliff, now, django_assert_max_num_queries
):
    buy(ada, forest, days_ago=2, now=now)
    buy(ada, cliff, days_ago=2, now=now)
    with django_assert_max_num_queries(16):
        at_home.get("/library/")


def test_the_download_page_tells_the_cost_and_what_was_told_is_kept(at_home, ada, forest, oak, bark, now):
    purchase = buy(ada, forest, days_ago=2, now=now)
    page = text_of(at_home.get("/library/oak/download/"))
    lowers = f"lowers the refund of purchase {purchase.number} from 80 to"
    assert f"This download {lowers} 25 credits." in page
    assert f"Bark comes along because Oak trees requires it; by itself it {lowers} 65 credits." in page


def test_what_is_beyond_the_window_costs_nothing(at_home, ada, forest, now):
    buy(ada, forest, days_ago=40, now=now)
    assert "It changes no refund that you could have now." in text_of(at_home.get("/library/fern/download/"))


@pytest.mark.django_db(transaction=True)
def test_a_stale_tab_shows_the_old_balance_and_a_refresh_the_new_one(at_home, ada, oak, now):
    purchase = buy(ada, oak, now=now)
    stale = at_home.get("/purchases/").content.decode()
    form = dict(
        re.findall(
            r'type="hidden" name="(key|expected_credits)" value="([^"]*)"',
            at_home.get(f"/purchases/{purchase.number}/refund/").content.decode(),
        )
    )
    at_home.post(f"/purchases/{purchase.number}/refund/", form)
    fresh = at_home.get("/purchases/").content.decode()
    shown = [re.search(r'head__balance">([^<]*)<', page)[1] for page in (stale, fresh)]
    assert shown == ["0", "40"]


def test_a_quote_is_counted_once_for_each_page_that_shows_it(at_home, ada, oak, now, monkeypatch):
    counted: list[str] = []
    monkeypatch.setattr("ground.tally.count", counted.append)
    address = f"/purchases/{buy(ada, oak, days_ago=2, now=now).number}/refund/"
    at_home.get(address)
    assert counted == ["quotes.eligible"]
    assert at_home.post(address, {"key": "one", "expected_credits": 39}).status_code == 409
    assert counted == ["quotes.eligible"] * 2
    assert at_home.post(address, {"key": "two", "expected_credits": 40}).status_code == 302
    assert counted == ["quotes.eligible"] * 2
